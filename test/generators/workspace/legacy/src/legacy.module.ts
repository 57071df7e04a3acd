import { Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { CartController } from './cart.controller.js';

@Module({ imports: [AuthModule], controllers: [CartController] })
export class LegacyModule {}
