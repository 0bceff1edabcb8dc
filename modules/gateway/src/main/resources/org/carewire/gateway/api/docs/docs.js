'use strict';

SwaggerUIBundle({
  url: '../openapi.yaml',
  dom_id: '#http',
  deepLinking: true,
  displayRequestDuration: true,
  // The default one is on another host.
  validatorUrl: null,
});

const events = document.getElementById('events');
events.addEventListener(
  'toggle',
  async () => {
    const answer = await fetch('../asyncapi.yaml');
    events.querySelector('pre').textContent = await answer.text();
  },
  { once: true });
