/** Reads deploy/kubernetes, and holds each manifest against the schemas of its kind. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';

const DIRECTORY = new URL('../../deploy/kubernetes/', import.meta.url);

/** What every manifest has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: Record<string, unknown>;
  readonly [member: string]: unknown;
}

/** A manifest and the file that it stands in. */
export interface FoundManifest {
  readonly file: string;
  readonly manifest: Manifest;
}

/** Every manifest, but for those that only kustomize reads. */
export async function readManifests(): Promise<FoundManifest[]> {
  const found: FoundManifest[] = [];
  for (const folder of ['base', 'example']) {
    for (const file of await yamlFiles(folder)) {
      for (const document of parseAllDocuments(await read(file))) {
        if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join()}`);
        found.push({ file, manifest: document.toJS() as Manifest });
      }
    }
  }
  return found;
}

/** A kustomization as far as it names files. */
export interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator?: readonly {
    readonly name: string;
    readonly literals?: readonly string[];
    readonly files?: readonly string[];
  }[];
}

export async function readKustomization(folder: string): Promise<Kustomization> {
  return parse(await read(`${folder}/kustomization.yaml`)) as Kustomization;
}

/** The files with manifests of a folder. */
export async function yamlFiles(folder: string): Promise<string[]> {
  const names = await readdir(new URL(`${folder}/`, DIRECTORY));
  return names
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .map((name) => `${folder}/${name}`);
}

/** @throws Error with everything that the schema of its kind has against it */
export async function validate({ apiVersion, kind, ...members }: Manifest): Promise<void> {
  const models = (await import(moduleOf(apiVersion))) as Record<
    string,
    (new (data: object) => { validate(): void }) | undefined
  >;
  const Model = models[kind];
  if (Model === undefined) throw new Error(`there is no ${kind} in ${apiVersion}`);
  new Model(members).validate();
}

/** Members that the kinds do not have. The schemas leave them alone; the compiler does not. */
export function unknownMembers(found: readonly FoundManifest[]): string[] {
  const source = found
    .map(({ manifest }, index) => {
      const model = `import('${moduleOf(manifest.apiVersion)}').I${manifest.kind}`;
      return `export const m${index}: ${model} = ${JSON.stringify(manifest)};`;
    })
    .join('\n');
  const fileName = fileURLToPath(new URL('manifests.generated.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === fileName
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([fileName], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start, file }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
    const where = file?.fileName === fileName ? found[line]?.file : file?.fileName;
    return `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

function moduleOf(apiVersion: string): string {
  return `kubernetes-models/${apiVersion}`;
}

function read(file: string): Promise<string> {
  return readFile(new URL(file, DIRECTORY), 'utf8');
}
