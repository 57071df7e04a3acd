/** One server of the route benchmarks, in a process of its own, so that its time is its own. */
import 'reflect-metadata';
import { type AddressInfo } from 'node:net';
import { type Server } from 'node:http';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuthCounters, AuthModule, type AuthModuleOptions } from '@keyward/auth';
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import './busy.probe.js';
import { bareVerifyModule } from './bare-verify.module.js';
import { OpenOrdersController, ScopedOrdersController } from './orders.controller.js';
import { PassportRecipeModule } from './passport-recipe.module.js';
import { type ServerSettings } from './settings.js';

@Module({})
class BenchModule {}

const settings = JSON.parse(process.env['BENCH_SERVER'] ?? '{}') as ServerSettings;

async function moduleFor(): Promise<DynamicModule> {
  const { kind, issuer, audience, jwksUri, algorithm } = settings;
  if (kind === 'passport-jwt') return PassportRecipeModule.for(settings);
  if (kind === 'bare-verify') return bareVerifyModule(settings);
  if (kind === 'unprotected') return { module: BenchModule, controllers: [OpenOrdersController] };
  const trusts = [{ issuer, audience, jwksUri, algorithms: [algorithm] }];
  return {
    module: BenchModule,
    imports: [AuthModule.forRoot({ trusts, ...extraOf(settings) })],
    controllers: [ScopedOrdersController],
  };
}

/** What is asked for besides, of the kinds that do. */
function extraOf({
  kind,
  issuer,
  audience,
  silentUri,
}: ServerSettings): Partial<AuthModuleOptions> {
  if (kind === 'keyward-observed') return { observer: new AuthCounters() };
  if (kind !== 'keyward-shadow') return {};
  if (silentUri === undefined) throw new Error('there is no shadow issuer');
  return { shadow: { trusts: [{ issuer, audience, jwksUri: silentUri, algorithms: ['RS256'] }] } };
}

async function startNest(): Promise<Server> {
  const options = { logger: ['error', 'warn'] as ['error', 'warn'] };
  const app =
    settings.platform === 'fastify'
      ? await NestFactory.create(await moduleFor(), new FastifyAdapter(), options)
      : await NestFactory.create(await moduleFor(), options);
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer() as Server;
}

function startExpress(): Promise<Server> {
  const { issuer, audience, jwksUri, algorithm } = settings;
  const app = express();
  const authenticate = auth({ issuer, jwksUri, audience, tokenSigningAlg: algorithm });
  app.get('/orders', authenticate, requiredScopes('orders:read'), (_request, response) => {
    response.set('x-bench', '1').json({ orders: [] });
  });
  return new Promise((resolve) => {
    const server: Server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}

const server =
  settings.kind === 'express-oauth2-jwt-bearer' ? await startExpress() : await startNest();
process.send?.({ port: (server.address() as AddressInfo).port });
