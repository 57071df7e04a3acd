/** docs/configuration.md holds a section for each service: found and replaced by its heading. */

const HEADING = /^## .*$/m;

/** The section with its heading, or null where there is none of this service. */
export function sectionOf(document: string, service: string): string | null {
  return partsOf(document).find((part) => isOf(part, service)) ?? null;
}

/** The document with this section in place of the one with the same heading, or else at the end. */
export function replaceSection(document: string, section: string): string {
  const service = section.match(HEADING)?.[0].slice('## '.length) ?? '';
  const parts = partsOf(document);
  const others = parts.map((part) => (isOf(part, service) ? section : part));
  return (parts.some((part) => isOf(part, service)) ? others : [...parts, section])
    .map((part) => part.trimEnd())
    .join('\n\n')
    .concat('\n');
}

function partsOf(document: string): readonly string[] {
  return document.split(/^(?=## )/m).map((part) => `${part.trimEnd()}\n`);
}

function isOf(part: string, service: string): boolean {
  return part.startsWith(`## ${service}\n`);
}
