// The pages of the demo client: plain HTML, one style sheet, no script.

export const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid; border-radius: .5rem; font-size: .85rem; }
.actions { display: flex; gap: .75rem; flex-wrap: wrap; }
button, .button { font: inherit; padding: .5rem 1rem; border: 1px solid; border-radius: .5rem;
  background: none; color: inherit; text-decoration: none; cursor: pointer; }
`;

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
const json = (value) => `<pre tabindex="0">${escape(JSON.stringify(value, null, 2))}</pre>`;

function page(title, content) {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>${escape(title)}</h1>${content}</main></body>
</html>`;
}

export const welcomePage = () =>
  page(
    'Demo client',
    `<p>An application that lets Keyward sign people in.</p>
<p class="actions"><a class="button" href="/sign-in">Sign in</a></p>`,
  );

export const signedOutPage = () =>
  page('Signed out', '<p class="actions"><a class="button" href="/">Start again</a></p>');

export const failurePage = (message) =>
  page(
    'That did not work',
    `<p>${escape(message)}</p><p class="actions"><a class="button" href="/">Start again</a></p>`,
  );

export const personPage = ({ idTokenClaims, accessTokenClaims }, userinfo, orders) =>
  page(
    `Signed in as ${userinfo.name ?? idTokenClaims.sub}`,
    `<div class="actions">
<form method="post" action="/orders"><button>Place an order</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>
</div>
<h2>orders-service answered ${escape(orders.status)}</h2>${json(orders.body)}
<h2>ID token</h2>${json(idTokenClaims)}
<h2>Access token</h2>${json(accessTokenClaims)}
<h2>Userinfo</h2>${json(userinfo)}`,
  );
