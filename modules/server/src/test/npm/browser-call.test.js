'use strict';

// Browsers that call each other through the server, by the page of the demo, which is driven by the
// ids of its elements. Where the server and the browser are comes from BrowserCallTest in CAREWIRE.

const assert = require('node:assert/strict');
const {test, before, after} = require('node:test');
const {chromium} = require('playwright-core');

const {server, program, password} = JSON.parse(process.env.CAREWIRE);
const deadline = {timeout: 60_000};
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: program,
    args: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--allow-loopback-in-peer-connection',
      '--no-sandbox',
    ],
  });
});

after(() => browser?.close());

/** Somebody with a browser of their own, logged in. */
async function user(t, name) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const failures = [];
  page.on('pageerror', failure => failures.push(failure));
  t.after(() => assert.deepEqual(failures, []));
  await page.goto(`${server}/demo/`);
  await page.fill('#login-email', `${name}@example.com`);
  await page.fill('#login-password', password);
  await page.click('#login');
  await page.waitForFunction(me => document.querySelector('#me').textContent === me, name);
  return page;
}

async function call(page, ...callees) {
  await page.fill('#callee', callees.join(','));
  await page.click('#call-video');
}

/** Until pictures of that user arrive and go on arriving. */
async function sees(page, name) {
  const selector = `#remote-${name}`;
  await page.waitForFunction(
    s => document.querySelector(s)?.videoWidth > 0 && document.querySelector(s).currentTime > 0,
    selector
  );
  const shown = await page.$eval(selector, video => video.getVideoPlaybackQuality().totalVideoFrames);
  await page.waitForFunction(
    ([s, before]) =>
      document.querySelector(s).getVideoPlaybackQuality().totalVideoFrames > before + 5,
    [selector, shown]
  );
}

function status(page, text) {
  return page.waitForFunction(
    expected => document.querySelector('#status').textContent === expected,
    text
  );
}

test('two browsers see each other until one hangs up', deadline, async t => {
  const patient = await user(t, 'patient');
  const provider = await user(t, 'provider');

  await call(patient, 'provider');
  await provider.click('#accept');

  await Promise.all([sees(patient, 'provider'), sees(provider, 'patient')]);

  await provider.click('#hangup');
  await Promise.all([status(patient, 'Call ended: hangup'), status(provider, 'Call ended')]);
  assert.equal(await patient.$('#remote-provider'), null);
});

test('three browsers see each other', deadline, async t => {
  const names = ['patient', 'provider', 'admin'];
  const [patient, provider, admin] = await Promise.all(names.map(name => user(t, name)));

  await call(provider, 'patient', 'admin');
  await Promise.all([patient.click('#accept'), admin.click('#accept')]);

  await Promise.all([
    sees(patient, 'provider'),
    sees(patient, 'admin'),
    sees(provider, 'patient'),
    sees(provider, 'admin'),
    sees(admin, 'patient'),
    sees(admin, 'provider'),
  ]);
  await admin.click('#hangup');
  await Promise.all([patient, provider].map(page => status(page, 'Call ended: hangup')));
});

test('who rejects is seen by nobody', deadline, async t => {
  const patient = await user(t, 'patient');
  const provider = await user(t, 'provider');

  await call(patient, 'provider');
  await provider.click('#reject');

  await status(patient, 'Call rejected');
  assert.equal(await patient.$('#remote-provider'), null);
});
