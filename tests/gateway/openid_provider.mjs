// A real OpenID provider for the tests: `node provider.mjs '{"port": …, "client": {…}, "people": {…}}'`.
// Its own login page asks for a name alone; `methods` of a person become the token's amr.
import { Provider } from "oidc-provider";

const { port, client, people } = JSON.parse(process.argv[2]);
const origin = `http://127.0.0.1:${port}`;
const provider = new Provider(origin, {
  clients: [client],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
  cookies: { keys: ["kuki-uji"] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_context, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id].claims }) },
  interactions: { url: (_context, interaction) => `/uji/${interaction.uid}` },
  pkce: { required: () => true },
});

// One step for login and consent together: /uji/<uid>?siapa=<person> or &batal=1.
provider.use(async (context, next) => {
  if (!context.path.startsWith("/uji/")) return next();
  const { req, res } = context;
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  const { siapa, batal } = context.query;
  if (batal) return provider.interactionFinished(req, res, { error: "access_denied" });
  if (prompt.name === "login") {
    const login = { accountId: siapa, amr: people[siapa].methods };
    return provider.interactionFinished(req, res, { login });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(req, res, { consent }, { mergeWithLastSubmission: true });
});

provider.listen(port, "127.0.0.1");
