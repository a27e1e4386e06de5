/*
 * Keys and tokens of well-known makes, all invented. They are spelled in pieces: scanners for secrets in repositories would
 * report them otherwise, and rightly so.
 */

const filling = 'q7Zt2KdR9wXb4LmN6vPc8HsJ1yFgT3aQ5eUoWiB0xMzCkVnDhGrSlYpE7jAf2O4u';

export const credentials: Readonly<Record<string, string>> = {
  'AWS access key': join('AKIA', 'Q7ZT2KDR4WXB5LMN'),
  'AWS temporary key': join('ASIA', 'Q7ZT2KDR4WXB5LMN'),
  'GitHub personal token': join('ghp', '_', filling.slice(0, 36)),
  'GitHub OAuth token': join('gho', '_', filling.slice(0, 36)),
  'GitHub server token': join('ghs', '_', filling.slice(0, 36)),
  'GitHub fine-grained token': join('github', '_pat_', filling.slice(0, 22), '_', filling.slice(0, 59)),
  'GitLab token': join('glpat', '-', filling.slice(0, 20)),
  'Slack bot token': join('xoxb', '-123456789012-1234567890123-', filling.slice(0, 24)),
  'Slack user token': join('xoxp', '-123456789012-1234567890123-', filling.slice(0, 24)),
  'Stripe secret key': join('sk', '_live_', filling.slice(0, 24)),
  'Stripe test key': join('sk', '_test_', filling.slice(0, 24)),
  'Stripe restricted key': join('rk', '_live_', filling.slice(0, 24)),
  'Stripe webhook secret': join('whsec', '_', filling.slice(0, 32)),
  'Google API key': join('AI', 'za', filling.slice(0, 35)),
  'Google OAuth token': join('ya29', '.', filling),
  'Google client secret': join('GOC', 'SPX-', filling.slice(0, 28)),
  'OpenAI key': join('sk', '-proj-', filling.slice(0, 48)),
  'older OpenAI key': join('sk', '-', filling.slice(0, 48)),
  'Anthropic key': join('sk', '-ant-api03-', filling),
  'SendGrid key': join('SG', '.', filling.slice(0, 22), '.', filling.slice(0, 43)),
  'npm token': join('npm', '_', filling.slice(0, 36)),
  'PyPI token': join('pypi', '-AgEIcHlwaS5vcmc', filling),
  'Twilio key': join('SK', '0123456789abcdef0123456789abcdef'),
  'Mailgun key': join('key', '-0123456789abcdef0123456789abcdef'),
  'Shopify token': join('shpat', '_0123456789abcdef0123456789abcdef'),
  'DigitalOcean token': join('dop', '_v1_', '0123456789abcdef'.repeat(4)),
  'Hugging Face token': join('hf', '_', filling.replaceAll(/\d/g, '').slice(0, 34)),
  'Vault token': join('hvs', '.', filling.slice(0, 24)),
  'Doppler token': join('dp', '.pt.', filling.slice(0, 43)),
  'a JWT': join('eyJhbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiJhZGEifQ', '.', filling.slice(0, 43)),
  'a JWE': join(
    'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0',
    '..',
    filling.slice(0, 16),
    '.',
    filling.slice(0, 20),
    '.',
    filling.slice(0, 22),
  ),
  'a bearer token in a header': join('Bearer ', filling.slice(0, 40)),
  'a private key in PEM': join(
    '-----BEGIN ',
    'PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n-----END PRIVATE KEY-----',
  ),
  'an RSA key in PEM': join('-----BEGIN ', 'RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'),
  'an OpenSSH key': join(
    '-----BEGIN ',
    'OPENSSH PRIVATE KEY-----\nb3BlbnNzaA\n-----END OPENSSH PRIVATE KEY-----',
  ),
  'a PGP key': join('-----BEGIN ', 'PGP PRIVATE KEY BLOCK-----\n\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----'),
  'an age key': join('AGE', '-SECRET-KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE'),
  'a Watchword client secret': join('wwcs', '_', filling.slice(0, 43)),
  'a Watchword admin credential': join('wwadm', '_', filling.slice(0, 43)),
  'a key within a text': join('use AKIA', 'Q7ZT2KDR4WXB5LMN for the bucket'),
};

function join(...pieces: readonly string[]): string {
  return pieces.join('');
}
