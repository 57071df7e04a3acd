/** @keyward/auth/websockets: gateways; needs @nestjs/websockets. */
export {
  ProtectedWebSocketAdapter,
  type WebSocketProtection,
} from './websocket/protected-web-socket.adapter.js';
export { CLOSE_UNAUTHORIZED } from './websocket/ws.handshake.js';
