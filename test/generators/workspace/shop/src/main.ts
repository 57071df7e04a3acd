import { NestFactory } from '@nestjs/core';
import { ShopModule } from './shop.module.js';

void NestFactory.create(ShopModule).then((app) => app.listen(3000));
