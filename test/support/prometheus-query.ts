/** Reads expressions in Prometheus' query language as far as it takes to know what they ask for. */
import { parser } from '@prometheus-io/lezer-promql';
import { type Scrape } from './scrape.js';

/** One metric that an expression asks for. */
export interface AskedMetric {
  readonly name: string;
  /** Labels that its series are chosen, grouped or joined by. */
  readonly labels: ReadonlySet<string>;
  /** Whether it is read by `rate` or `increase`, which make sense of counters alone. */
  readonly isCounted: boolean;
}

type Node = ReturnType<(typeof parser)['parse']>['topNode'];

/** Every series has them from Prometheus itself, and `up` is a metric of its own. */
const TARGET_LABELS = ['job', 'instance'];
const TARGET_METRIC = 'up';
const COUNTED = new Set(['rate', 'irate', 'increase']);

/** @throws Error where the expression cannot be parsed */
export function metricsAskedBy(expression: string): AskedMetric[] {
  const textOf = ({ from, to }: Node) => expression.slice(from, to);
  const root = parser.parse(expression).topNode;
  const broken = nodesOf(root).find(({ type }) => type.isError);
  if (broken !== undefined) throw new Error(`${expression}: an error at ${broken.from}`);
  return nodesOf(root)
    .filter(({ name }) => name === 'VectorSelector')
    .map((selector) => {
      const labels = namesIn(selector, textOf);
      let isCounted = false;
      for (let node = selector.parent; node !== null; node = node.parent) {
        const called = node.getChild('FunctionIdentifier');
        isCounted ||= called !== null && COUNTED.has(textOf(called));
        for (const child of childrenOf(node)) {
          if (/Modifier/.test(child.name))
            for (const label of namesIn(child, textOf)) labels.add(label);
        }
      }
      const identifier = selector.getChild('Identifier');
      return { name: identifier === null ? '' : textOf(identifier), labels, isCounted };
    });
}

/** What of it no service has, in words: nothing, where all is well. */
export function missingFrom(scrapes: readonly Scrape[], expression: string): string[] {
  return metricsAskedBy(expression).flatMap(({ name, labels, isCounted }) => {
    const samples = scrapes.flatMap(({ samples }) => samples).filter((one) => one.name === name);
    if (samples.length === 0 && name !== TARGET_METRIC) return [`${name} is nowhere`];
    const known = new Set([...TARGET_LABELS, ...samples.flatMap((one) => Object.keys(one.labels))]);
    const types = scrapes.map(({ types }) => types.get(name.replace(/_(bucket|sum|count)$/, '')));
    const isCounter = types.includes('counter') || types.includes('histogram');
    return [
      ...[...labels].filter((label) => !known.has(label)).map((label) => `${name} has no ${label}`),
      ...(isCounted && !isCounter ? [`${name} is no counter`] : []),
    ];
  });
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function nodesOf(node: Node): Node[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

function namesIn(node: Node, textOf: (node: Node) => string): Set<string> {
  return new Set(
    nodesOf(node)
      .filter(({ name }) => name === 'LabelName')
      .map(textOf),
  );
}
