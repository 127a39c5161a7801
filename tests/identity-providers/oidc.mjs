// A real OpenID provider on a free port of 127.0.0.1, for tests.
//   node oidc.mjs '{"clientId":"…","clientSecret":"…","redirectUri":"…","postLogoutRedirectUri":"…"}'
// Prints {"issuer":"…"} once it listens. Then each line of standard input is a command, answered by a line {"done":true}:
//   {"user":"ada","groups":["a","b"]}   changes a user's groups
//   {"rollKeys":true}                   signs with a new key, and publishes that one alone
// It ends when standard input does. Anybody may sign in as ada or bob, with any password.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const client = JSON.parse(process.argv[2]);
const cookieKey = randomBytes(32).toString('hex');
const users = {
  ada: { email: 'ada@example.com', email_verified: true, given_name: 'Ada', family_name: 'Lovelace', groups: ['research'] },
  bob: { email: 'bob@example.com', email_verified: true, given_name: 'Bob', family_name: 'Noyce', groups: [] },
};

let keys = 0;
const newKey = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  use: 'sig', alg: 'RS256', kid: `key-${++keys}`,
});

const newProvider = (issuer) => new Provider(issuer, {
  jwks: { keys: [newKey()] },
  cookies: { keys: [cookieKey] },
  clients: [{
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uris: [client.redirectUri],
    post_logout_redirect_uris: client.postLogoutRedirectUri ? [client.postLogoutRedirectUri] : [],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  // Told at the userinfo endpoint, as the specification has it.
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'], groups: ['groups'] },
  pkce: { required: () => true },
  findAccount: (context, id) => users[id] && { accountId: id, claims: () => ({ sub: id, ...users[id] }) },
  // The client is the organization's own: nobody is asked for consent.
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
    grant.addOIDCScope('openid email profile groups');
    await grant.save();
    return grant;
  },
});

let handle;
const server = createServer((request, response) => handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  handle = newProvider(issuer).callback();
  const commands = createInterface({ input: process.stdin });
  commands.on('line', (line) => {
    const command = JSON.parse(line);
    if (command.rollKeys) handle = newProvider(issuer).callback();
    else users[command.user].groups = command.groups;
    console.log(JSON.stringify({ done: true }));
  });
  commands.on('close', () => process.exit(0));
  console.log(JSON.stringify({ issuer }));
});
