/** Writes a BearerError to the client: on any HTTP platform, and to whoever sent a message. */
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError, type Observable } from 'rxjs';
import { refusalMessage } from '../call/refusal-message.js';
import { BearerError } from './bearer.errors.js';

/**
 * The filter that AuthModule installs. To answer in a form of your own, bind a filter that catches
 * BearerError and send its `headers`; `exceptionFilter: false` keeps this one out.
 */
@Catch(BearerError)
export class BearerExceptionFilter implements ExceptionFilter<BearerError> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** @returns for a microservice what its client gets; nothing where the answer is sent already */
  catch(error: BearerError, host: ArgumentsHost): Observable<never> | void {
    if (host.getType() === 'rpc') return throwError(() => refusalMessage(error));
    // Of what is neither, the transport itself knows how to show it.
    if (host.getType() !== 'http') throw error;
    const response = host.switchToHttp().getResponse<unknown>();
    const { httpAdapter } = this.adapterHost;
    for (const [name, value] of Object.entries(error.headers)) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, error.getResponse(), error.getStatus());
  }
}
