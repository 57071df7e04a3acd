/** Handlers of an application about which nobody has said yet who may call them. */
import ts from 'typescript';
import { type NestProject } from '../nest-project.js';
import { findAll } from '../source-edits.js';

const HANDLER =
  /^(Get|Post|Put|Patch|Delete|Options|Head|All|Search|Sse|Query|Mutation|Subscription|SubscribeMessage|MessagePattern|EventPattern|GrpcMethod)$/;
const ACCESS = /^(Public|Authenticated|Scopes|AnyScope|Roles|StepUp|Introspect)$/;
const HOST = /^(Controller|Resolver|WebSocketGateway)$/;

/** `file: Controller.handler` of each, in the order of the files. */
export function undecidedHandlers(project: NestProject): string[] {
  return project.sources.flatMap((path) =>
    findAll(project.read(path).source, ts.isClassDeclaration)
      .filter((host) => isDecorated(host, HOST) && !isDecorated(host, ACCESS))
      .flatMap((host) =>
        host.members
          .filter(ts.isMethodDeclaration)
          .filter((method) => isDecorated(method, HANDLER) && !isDecorated(method, ACCESS))
          .map((method) => `${path}: ${host.name?.text}.${method.name.getText()}`),
      ),
  );
}

function isDecorated(node: ts.HasDecorators, names: RegExp): boolean {
  return (ts.getDecorators(node) ?? []).some(
    ({ expression }) =>
      ts.isCallExpression(expression) && names.test(expression.expression.getText()),
  );
}
