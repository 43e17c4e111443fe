// The server's events. The browser's EventSource comes back by itself after a lost connection; what it does not do is done here: to come back after
// a refusal (503), and to notice a connection that is there but silent.
const silence = 6000;
const again = 2000;

export function openStream(url, handlers, onConnection) {
  let source;
  let heard = performance.now();
  let timer;

  function connect() {
    clearTimeout(timer);
    heard = performance.now();
    source = new EventSource(url);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, event => {
        heard = performance.now();
        onConnection('live');
        handle(JSON.parse(event.data));
      });
    }

    source.onerror = () => {
      onConnection('disconnected');
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(timer);
        timer = setTimeout(connect, again);
      }
    };
  }

  setInterval(() => {
    if (performance.now() - heard > silence && source.readyState === EventSource.OPEN) {
      source.close();
      onConnection('disconnected');
      connect();
    }
  }, 1000);
  connect();
}
