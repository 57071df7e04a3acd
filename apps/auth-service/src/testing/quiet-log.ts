/** Keeps what the code under test logs out of the test report. */
import { Logger } from '@nestjs/common';

Logger.overrideLogger(false);
