import {
  type FoundManifest,
  type Manifest,
  readKustomization,
  readManifests,
  unknownMembers,
  validate,
  yamlFiles,
} from './manifests.js';

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: object;
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly startupProbe?: object;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: object;
  readonly terminationGracePeriodSeconds?: number;
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

const found: FoundManifest[] = await readManifests();
const manifests = found.map(({ manifest }) => manifest);
const named = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const workloads = [...ofKind('Deployment'), ...ofKind('Job')];
const templateOf = ({ spec }: Manifest) => spec?.['template'] as Template;
const containers = workloads.flatMap((workload) =>
  templateOf(workload).spec.containers.map(
    (one) => [`${named(workload)}/${one.name}`, one] as const,
  ),
);

describe('deploy/kubernetes', () => {
  it.each(found.map((one) => [`${one.file}: ${named(one.manifest)}`, one.manifest] as const))(
    'is right by the schema: %s',
    async (_name, manifest) => {
      await expect(validate(manifest)).resolves.toBeUndefined();
    },
  );

  it('has no member that its kind does not know', () => {
    expect(unknownMembers(found)).toEqual([]);
  });

  it('would notice a misspelt member and a value of the wrong kind', async () => {
    const [first] = found.filter(({ manifest }) => manifest.kind === 'PodDisruptionBudget');
    const manifest = { ...first?.manifest, spec: { minAvailabel: 1 } } as Manifest;
    expect(unknownMembers([{ file: 'x', manifest }])).toEqual([
      expect.stringMatching(/^x: .*minAvailabel/),
    ]);
    const wrong = { ...manifest, spec: { selector: 'all' } } as Manifest;
    await expect(validate(wrong)).rejects.toThrow(/selector/);
  });

  it('lists every file in a kustomization, and lists none that is not there', async () => {
    for (const folder of ['base', 'example']) {
      const { resources } = await readKustomization(folder);
      const files = resources.filter((name) => name.endsWith('.yaml')).map((n) => `${folder}/${n}`);
      expect(files.sort()).toEqual((await yamlFiles(folder)).sort());
    }
  });

  it.each(containers)('runs %s as Pod Security asks of the restricted profile', (_name, one) => {
    expect(one.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(one.resources?.requests).toHaveProperty('memory');
    expect(one.resources?.limits).toHaveProperty('memory');
  });

  it.each(workloads.map((workload) => [named(workload), workload] as const))(
    'gives %s no root, no token of the cluster, and an account of its own',
    (_name, workload) => {
      const { spec } = templateOf(workload);
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(spec.automountServiceAccountToken).toBe(false);
      const account = ofKind('ServiceAccount').find(
        ({ metadata }) => metadata.name === spec.serviceAccountName,
      );
      expect(account?.['automountServiceAccountToken']).toBe(false);
    },
  );

  it('asks each server whether it is up, alive and ready', () => {
    for (const deployment of ofKind('Deployment')) {
      for (const container of templateOf(deployment).spec.containers) {
        expect(container).toMatchObject({
          startupProbe: expect.any(Object),
          livenessProbe: { httpGet: { path: '/health/live' } },
          readinessProbe: { httpGet: { path: '/health/ready' } },
        });
      }
    }
  });

  it('lets Prometheus alone read metrics, at a port that no Service has', () => {
    for (const deployment of ofKind('Deployment')) {
      for (const { name, ports = [], env = [] } of templateOf(deployment).spec.containers) {
        const told = env.find((one) => one.name.endsWith('_METRICS_PORT'))?.value;
        const port = ports.find((one) => one.name === 'metrics')?.containerPort;
        expect([name, told]).toEqual([name, String(port)]);
      }
    }
    for (const { spec } of ofKind('Service')) expect(JSON.stringify(spec)).not.toContain('metrics');
    const open = ofKind('NetworkPolicy').filter(({ spec }) =>
      JSON.stringify(spec).includes('"port":"metrics"'),
    );
    expect(open.map(({ spec }) => spec?.['ingress'])).toEqual([
      [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
            },
          ],
          ports: [{ port: 'metrics', protocol: 'TCP' }],
        },
      ],
    ]);
  });

  it('holds no secret: not in a variable, and not as a manifest', () => {
    expect(ofKind('Secret')).toEqual([]);
    for (const [, { env = [] }] of containers) {
      const plain = env.filter(({ name, value }) => /SECRET|KEY|_URL|PASSWORD/.test(name) && value);
      expect(plain.filter(({ name }) => !name.endsWith('_FILE'))).toEqual([]);
    }
  });

  it('keeps two replicas of auth-service through updates and evictions, with time to end', () => {
    const [authService] = ofKind('Deployment').filter((d) => d.metadata.name === 'auth-service');
    expect(authService?.spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
    });
    const [budget] = ofKind('PodDisruptionBudget').filter(
      ({ metadata }) => metadata.name === 'auth-service',
    );
    expect(budget?.spec).toMatchObject({
      minAvailable: 1,
      selector: authService?.spec?.['selector'],
    });
    const { spec } = templateOf(authService as Manifest);
    const drain = spec.containers[0]?.env?.find(({ name }) => name === 'AUTH_DRAIN_MS');
    // What AUTH_SHUTDOWN_TIMEOUT_MS allows, and what is written at the end.
    const seconds = Number(drain?.value) / 1000 + 10 + 15;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds);
  });

  it('denies all traffic but what a policy names, and names only workloads that there are', () => {
    const policies = ofKind('NetworkPolicy');
    const [deny] = policies.filter(({ metadata }) => metadata.name === 'default-deny');
    expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const known = workloads.map((w) => templateOf(w).metadata.labels['app.kubernetes.io/name']);
    const selected = [
      ...JSON.stringify(policies).matchAll(/"app\.kubernetes\.io\/name":"([\w-]+)"/g),
    ];
    expect(selected.length).toBeGreaterThan(3);
    for (const [, name] of selected) expect(known).toContain(name);
  });
});
