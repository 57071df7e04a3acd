import { literalAddressOf, OutboundPolicy, OutboundRefusedError } from './outbound.policy.js';

const NOTHING = { allowedHosts: [], allowedNetworks: [], allowLoopback: false };

describe('OutboundPolicy', () => {
  const policy = new OutboundPolicy(NOTHING);

  it.each(['https://keys.example.com/jwks', 'https://keys.example.com:8443/', 'https://1.1.1.1/'])(
    'admits %s',
    (url) => expect(policy.admit(url).href).toBe(url),
  );

  it.each([
    ['no URL', 'keys.example.com/jwks'],
    ['http', 'http://keys.example.com/'],
    ['http on this machine in production', 'http://127.0.0.1/'],
    ['a script', 'javascript:fetch("//evil")'],
    ['data', 'data:application/json,{}'],
    ['a file', 'file:///etc/passwd'],
    ['another protocol', 'gopher://keys.example.com/'],
    ['user information', 'https://keys.example.com@evil.example.com/'],
    ['a password', 'https://:x@evil.example.com/'],
    ['a trailing dot', 'https://keys.example.com./'],
    ['two trailing dots', 'https://keys.example.com../'],
    ['a zone', 'https://[fe80::1%25eth0]/'],
    ['the port of SSH', 'https://keys.example.com:22/'],
    ['the port of SMTP', 'https://keys.example.com:25/'],
  ])('does not admit %s: %s', (_what, url) =>
    expect(() => policy.admit(url)).toThrow(OutboundRefusedError),
  );

  // However it is written, it is this machine or the metadata service.
  it.each([
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://127。0。0。1/',
    'https://①②⑦.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://[::ffff:a9fe:a9fe]/',
  ])('refuses %s', (value) => {
    const ask = () => {
      const url = policy.admit(value);
      policy.checkAddresses(url, [literalAddressOf(url) ?? '']);
    };
    expect(ask).toThrow(OutboundRefusedError);
  });

  it('refuses a name of which one address is private, and one without any', () => {
    const url = policy.admit('https://keys.example.com/');
    expect(() => policy.checkAddresses(url, ['1.1.1.1', '10.0.0.1'])).toThrow('at 10.0.0.1');
    expect(() => policy.checkAddresses(url, [])).toThrow('no address');
    expect(() => policy.checkAddresses(url, ['1.1.1.1', '2606:4700::1111'])).not.toThrow();
  });

  it('lets an allowed name be private, and at any port, and no name below it', () => {
    const allowing = new OutboundPolicy({ ...NOTHING, allowedHosts: ['keys.internal'] });
    const ask = (value: string) => () =>
      allowing.checkAddresses(allowing.admit(value), ['10.0.0.1']);
    expect(ask('https://keys.internal/')).not.toThrow();
    expect(ask('https://KEYS.internal:444/')).not.toThrow();
    expect(ask('https://a.keys.internal/')).toThrow(OutboundRefusedError);
    expect(ask('https://keys.internal.evil.com/')).toThrow(OutboundRefusedError);
    expect(ask('http://keys.internal/')).toThrow(OutboundRefusedError);
  });

  it('lets a name that is allowed with a port be private there alone', () => {
    const hosts = { ...NOTHING, allowedHosts: ['keys.internal:8443', 'other.internal:443'] };
    const allowing = new OutboundPolicy(hosts);
    const ask = (value: string) => () =>
      allowing.checkAddresses(allowing.admit(value), ['10.0.0.1']);
    expect(ask('https://keys.internal:8443/')).not.toThrow();
    expect(ask('https://other.internal/')).not.toThrow();
    expect(ask('https://keys.internal/')).toThrow(OutboundRefusedError);
  });

  it('lets every name lead into an allowed network', () => {
    const allowing = new OutboundPolicy({ ...NOTHING, allowedNetworks: ['10.1.0.0/16'] });
    const url = allowing.admit('https://keys.example.com/');
    expect(() => allowing.checkAddresses(url, ['10.1.2.3'])).not.toThrow();
    expect(() => allowing.checkAddresses(url, ['10.2.2.3'])).toThrow(OutboundRefusedError);
  });

  it.each(['169.254.169.254', 'fd00:ec2::254', 'fe80::1', '::ffff:10.0.0.1', '0.0.0.0'])(
    'never asks %s, whatever is allowed',
    (address) => {
      const allowing = new OutboundPolicy({
        allowedHosts: ['keys.internal'],
        allowedNetworks: ['169.254.0.0/16', 'fd00::/8', 'fe80::/10'],
        allowLoopback: true,
      });
      const url = allowing.admit('https://keys.internal/');
      expect(() => allowing.checkAddresses(url, [address])).toThrow(OutboundRefusedError);
    },
  );

  it('lets development ask this machine, by http as well, and only this machine', () => {
    const development = new OutboundPolicy({ ...NOTHING, allowLoopback: true });
    const ask = (value: string, address: string) => () =>
      development.checkAddresses(development.admit(value), [address]);
    expect(ask('http://127.0.0.1:4000/', '127.0.0.1')).not.toThrow();
    expect(ask('http://localhost:4000/', '::1')).not.toThrow();
    expect(ask('http://localhost:4000/', '10.0.0.1')).toThrow(OutboundRefusedError);
    expect(ask('http://example.com/', '127.0.0.1')).toThrow(OutboundRefusedError);
    expect(ask('http://127.0.0.1.example.com/', '127.0.0.1')).toThrow(OutboundRefusedError);
  });
});
