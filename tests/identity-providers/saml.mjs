// A real SAML identity provider on a free port of 127.0.0.1, for tests.
//   node saml.mjs '{"keys":[{"privateKey":"<PEM>","certificate":"<base64 of DER>"}, …]}'
// Prints {"address":"…"} once it listens; its metadata is at <address>/metadata. Then each line of standard input is a command, answered by a line {"done":true}:
//   {"serviceProvider":"<address of its metadata>"}   whose requests it takes; needed before the first sign-in
//   {"user":"ada","groups":["a","b"]}                 changes a user's groups
//   {"publish":1}                                     names that key in the metadata …
//   {"sign":1}                                        … and signs with that one (the first key is 0)
// It ends when standard input does. Anybody may sign in as ada or bob. Responses and assertions are signed; requests must be.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import samlify from 'samlify';
import * as validator from '@authenio/samlify-node-xmllint';

samlify.setSchemaValidator(validator);
const { keys } = JSON.parse(process.argv[2]);
const users = {
  ada: { email: 'ada.saml@example.com', firstName: 'Ada', lastName: 'Lovelace & Co', groups: ['research'] },
  bob: { email: 'bob.saml@example.com', firstName: 'Bob', lastName: 'Noyce', groups: [] },
};
const [redirect, post] = ['redirect', 'post'].map((name) => samlify.Constants.namespace.binding[name]);
const escape = (text) => String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const newId = () => '_' + randomBytes(16).toString('hex');

let [published, signing] = [0, 0];
let address;
let serviceProvider;

const provider = (key) => samlify.IdentityProvider({
  entityID: address + '/metadata',
  wantAuthnRequestsSigned: true,
  signingCert: keys[key].certificate,
  privateKey: keys[key].privateKey,
  requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  messageSigningOrder: 'sign-then-encrypt',
  isAssertionEncrypted: false,
  wantLogoutRequestSigned: true,
  singleSignOnService: [{ Binding: redirect, Location: address + '/sso' }],
  singleLogoutService: [{ Binding: redirect, Location: address + '/slo' }],
  nameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
  loginResponseTemplate: { context: '<x/>', attributes: [] },
});

const attribute = (name, values) => `<saml:Attribute Name="${name}">${values.map((x) => `<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${escape(x)}</saml:AttributeValue>`).join('')}</saml:Attribute>`;

const response = (name, requestId) => {
  const [user, now] = [users[name], Date.now()];
  const [at, end] = [new Date(now).toISOString(), new Date(now + 5 * 60_000).toISOString()];
  const callback = serviceProvider.entityMeta.getAssertionConsumerService('post');
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${newId()}" Version="2.0" IssueInstant="${at}" Destination="${escape(callback)}" InResponseTo="${requestId}"><saml:Issuer>${address}/metadata</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>`
    + `<saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="${newId()}" Version="2.0" IssueInstant="${at}"><saml:Issuer>${address}/metadata</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">id-${name}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${end}" Recipient="${escape(callback)}" InResponseTo="${requestId}"/></saml:SubjectConfirmation></saml:Subject>`
    + `<saml:Conditions NotBefore="${at}" NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>${escape(serviceProvider.entityMeta.getEntityID())}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`
    + `<saml:AuthnStatement AuthnInstant="${at}" SessionIndex="session-${name}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`
    + `<saml:AttributeStatement>${attribute('email', [user.email])}${attribute('firstName', [user.firstName])}${attribute('lastName', [user.lastName])}${attribute('GROUPS', user.groups)}</saml:AttributeStatement></saml:Assertion></samlp:Response>`;
};

const page = (content) => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<!doctype html><title>Identity provider</title>${content}` });

const answer = async (name, requestId, relayState) => {
  const { context } = await provider(signing).createLoginResponse(serviceProvider, { extract: { request: { id: requestId } } }, 'post', users[name], () => ({ id: newId(), context: response(name, requestId) }));
  const answered = page(`<form method="post" action="${escape(serviceProvider.entityMeta.getAssertionConsumerService('post'))}"><input type="hidden" name="SAMLResponse" value="${context}"><input type="hidden" name="RelayState" value="${escape(relayState)}"></form><script>document.forms[0].submit()</script>`);
  answered.headers['set-cookie'] = `idp=${name}; Path=/; HttpOnly`;
  return answered;
};

const routes = {
  'GET /metadata': () => ({ status: 200, headers: { 'content-type': 'application/samlmetadata+xml' }, body: provider(published).getMetadata() }),
  'GET /sso': async ({ query, octetString, signedIn }) => {
    const { extract } = await provider(published).parseLoginRequest(serviceProvider, 'redirect', { query, octetString });
    if (signedIn) return answer(signedIn, extract.request.id, query.RelayState);
    const hidden = `<input type="hidden" name="id" value="${escape(extract.request.id)}"><input type="hidden" name="relayState" value="${escape(query.RelayState)}">`;
    return page(`<h1>Who are you?</h1><form method="post" action="/login">${hidden}${Object.keys(users).map((name) => `<button name="user" value="${name}">${name}</button>`).join(' ')}</form>`);
  },
  'POST /login': ({ form }) => answer(form.user, form.id, form.relayState),
  'GET /slo': async ({ query, octetString }) => {
    const idp = provider(published);
    const request = await idp.parseLogoutRequest(serviceProvider, 'redirect', { query, octetString });
    const { context } = idp.createLogoutResponse(serviceProvider, request, 'redirect', query.RelayState ?? '');
    return { status: 302, headers: { location: context, 'set-cookie': 'idp=; Path=/; Max-Age=0' }, body: '' };
  },
};

const server = createServer(async (request, reply) => {
  const url = new URL(request.url, address);
  let body = '';
  for await (const part of request) body += part;
  const route = routes[`${request.method} ${url.pathname}`];
  const given = {
    query: Object.fromEntries(url.searchParams),
    octetString: url.search.slice(1).replace(/&Signature=.*$/, ''),
    form: Object.fromEntries(new URLSearchParams(body)),
    signedIn: /(?:^|; )idp=(ada|bob)/.exec(request.headers.cookie ?? '')?.[1],
  };
  try {
    const { status, headers, body: text } = route ? await route(given) : { status: 404, headers: {}, body: '' };
    reply.writeHead(status, headers).end(text);
  } catch (failure) {
    reply.writeHead(400, { 'content-type': 'text/plain' }).end(`The provider refuses the request: ${failure?.message ?? failure}`);
  }
});

const metadataOf = async (from) => {
  const fetched = await fetch(from);
  if (!fetched.ok) throw new Error(`${from} answered ${fetched.status}`);
  return fetched.text();
};

const obey = async (command) => {
  if (command.serviceProvider) serviceProvider = samlify.ServiceProvider({ metadata: await metadataOf(command.serviceProvider), wantMessageSigned: true });
  if (command.user) users[command.user].groups = command.groups;
  published = command.publish ?? published;
  signing = command.sign ?? signing;
  return { done: true };
};

server.listen(0, '127.0.0.1', () => {
  address = `http://127.0.0.1:${server.address().port}`;
  const commands = createInterface({ input: process.stdin });
  commands.on('line', async (line) => console.log(JSON.stringify(await obey(JSON.parse(line)).catch((failure) => ({ error: String(failure) })))));
  commands.on('close', () => process.exit(0));
  console.log(JSON.stringify({ address }));
});
