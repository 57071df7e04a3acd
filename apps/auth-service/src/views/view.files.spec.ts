import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '../config/startup.error.js';
import { PageTemplates } from './page.templates.js';
import { ViewFiles } from './view.files.js';

describe('ViewFiles', () => {
  let overlay: string;
  beforeEach(() => {
    overlay = mkdtempSync(join(tmpdir(), 'keyward-views-'));
  });
  afterEach(() => rmSync(overlay, { recursive: true }));
  const write = (name: string, text: string) => {
    mkdirSync(join(overlay, 'assets'), { recursive: true });
    writeFileSync(join(overlay, name), text);
  };
  const signedOut = (files: ViewFiles) => new PageTemplates(files).render('signed-out.html', {});

  it('has a small style sheet, under a path that changes with it', () => {
    const style = ViewFiles.load().assets.get('keyward.css');
    expect(style?.path).toMatch(/^\/assets\/keyward\.[0-9a-f]{16}\.css$/);
    expect(style?.contentType).toBe('text/css; charset=utf-8');
    expect(style?.body.length).toBeLessThan(8192);
    write('assets/keyward.css', 'body { color: red }');
    const branded = ViewFiles.load(overlay).assets.get('keyward.css');
    expect(branded?.body.toString()).toBe('body { color: red }');
    expect(branded?.path).not.toBe(style?.path);
  });

  it('puts single files of a team over ours, and its own beside them', () => {
    write(
      'signed-out.html',
      `{% layout 'layout.html' %}{% block main %}Auf Wiedersehen{% endblock %}`,
    );
    write('assets/house.png', 'png');
    const files = ViewFiles.load(overlay);
    expect(signedOut(files)).toContain('Auf Wiedersehen');
    expect(signedOut(files)).toContain('<html lang="en">');
    expect(files.assets.get('house.png')?.contentType).toBe('image/png');
    expect(files.templates.get('sign-in.html')).toBe(
      ViewFiles.load().templates.get('sign-in.html'),
    );
  });

  it('needs no assets of a team', () => {
    writeFileSync(join(overlay, 'signed-out.html'), 'bye');
    expect(signedOut(ViewFiles.load(overlay))).toBe('bye');
  });

  it.each(['signed-out.htm', 'assets/program.exe', 'assets/page.html'])(
    'does not start with %s, which no page can use',
    (name) => {
      write(name, 'x');
      expect(() => ViewFiles.load(overlay)).toThrow(StartupError);
    },
  );

  it('does not start with a directory that is not there', () => {
    expect(() => ViewFiles.load(join(overlay, 'missing'))).toThrow(
      /^AUTH_VIEWS_DIR cannot be read/,
    );
  });

  it.each(['{% if %}', '{{ name | nonsense }}', '{% block x %}', '{{'])(
    'does not start with the template %p',
    (text) => {
      write('signed-out.html', text);
      expect(() => new PageTemplates(ViewFiles.load(overlay))).toThrow(
        /^the template signed-out\.html cannot be used/,
      );
    },
  );
});

describe('PageTemplates', () => {
  const templates = (text: string) =>
    new PageTemplates({ templates: new Map([['a.html', text]]), assets: new Map() } as ViewFiles);

  it('escapes whatever it prints', () => {
    expect(templates('<a b="{{ x }}">').render('a.html', { x: `"'<&>` })).toBe(
      '<a b="&#34;&#39;&lt;&amp;&gt;">',
    );
  });

  it.each(['{{ x.constructor }}', '{{ y }}', `{{ 'a.css' | asset }}`])(
    'fails at %s rather than print nothing',
    (text) => {
      expect(() => templates(text).render('a.html', { x: {} })).toThrow();
    },
  );

  it('prints a value as it is, and never as a template', () => {
    expect(templates('{{ x }}').render('a.html', { x: '{{ secret }}' })).toBe('{{ secret }}');
  });
});
