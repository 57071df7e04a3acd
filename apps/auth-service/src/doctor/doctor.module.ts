/** The doctor's part in the server: a report at the start. */
import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { doctorConfig } from '../config/doctor.config.js';
import { StartReport } from './start.report.js';

@Module({ imports: [ConfigModule.forFeature(doctorConfig)], providers: [StartReport] })
export class DoctorModule {}
