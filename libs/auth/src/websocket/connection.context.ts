/** The ExecutionContext of a connection that is being opened, so that the guards decide about it. */
import { type ExecutionContext, type Type } from '@nestjs/common';
import { type Handler } from '../access/access-policy.js';

/** Nest has none: it calls `handleConnection` without guards. */
export class ConnectionContext implements ExecutionContext {
  /** @param holder the request or the socket that the connection is known by */
  constructor(
    private readonly gateway: Type,
    private readonly handler: Handler,
    private readonly holder: object,
  ) {}

  getClass<T>(): Type<T> {
    return this.gateway as Type<T>;
  }

  getHandler(): Handler {
    return this.handler;
  }

  getArgs<T extends unknown[]>(): T {
    return [this.holder] as unknown[] as T;
  }

  getArgByIndex<T>(index: number): T {
    return this.getArgs()[index] as T;
  }

  getType<T extends string>(): T {
    return 'ws' as T;
  }

  switchToHttp(): never {
    throw new TypeError('a connection is no HTTP call');
  }

  switchToRpc(): never {
    throw new TypeError('a connection is no message to a microservice');
  }

  switchToWs(): never {
    throw new TypeError('a connection is no message');
  }
}
