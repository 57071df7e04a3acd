import { NestFactory } from '@nestjs/core';
import { LegacyModule } from './legacy.module.js';

void NestFactory.create(LegacyModule).then((app) => app.listen(3000));
