/** Writes a BearerError to the client: status, headers and body, on any HTTP platform. */
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BearerError } from './bearer.errors.js';

/**
 * The filter that AuthModule installs. To answer in a form of your own, bind a filter that catches
 * BearerError and send its `headers`; `exceptionFilter: false` keeps this one out.
 */
@Catch(BearerError)
export class BearerExceptionFilter implements ExceptionFilter<BearerError> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: BearerError, host: ArgumentsHost): void {
    // Other transports have no status line; their own filters show the exception.
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse<unknown>();
    const { httpAdapter } = this.adapterHost;
    for (const [name, value] of Object.entries(error.headers)) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, error.getResponse(), error.getStatus());
  }
}
