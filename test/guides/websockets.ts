import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, CurrentPrincipal, Public, Scopes, type Principal } from '@keyward/auth';
import { ProtectedWebSocketAdapter } from '@keyward/auth/websockets';

@WebSocketGateway()
@Scopes('chat:read')
class ChatGateway {
  @SubscribeMessage('say')
  @Scopes('chat:write')
  say(@MessageBody() text: string, @CurrentPrincipal() { subject }: Principal) {
    return { event: 'said', data: { text, subject } };
  }
}

@Controller()
class HealthController {
  @Get('health')
  @Public()
  show() {
    return { status: 'ready' };
  }
}

const trusts = [{ issuer: 'https://login.example.com', audience: 'https://chat.example.com' }];

@Module({
  imports: [AuthModule.forRoot({ trusts })],
  controllers: [HealthController],
  providers: [ChatGateway],
})
class ChatModule {}

export async function createApplication() {
  const app = await NestFactory.create(ChatModule, { logger: ['error'] });
  const protection = { allowedOrigins: ['https://shop.example.com'] };
  app.useWebSocketAdapter(new ProtectedWebSocketAdapter(app, new WsAdapter(app), protection));
  return app;
}
