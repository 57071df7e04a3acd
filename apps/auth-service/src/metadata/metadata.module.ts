/** What the server says of itself. */
import { Module } from '@nestjs/common';
import { TokenModule } from '../token/token.module.js';
import { MetadataController } from './metadata.controller.js';

@Module({ imports: [TokenModule], controllers: [MetadataController] })
export class MetadataModule {}
