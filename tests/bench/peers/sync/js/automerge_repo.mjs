// automerge-repo over its WebSocket adapters, in memory.
import http from "node:http";
import * as Automerge from "@automerge/automerge";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter, WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { WebSocketServer } from "ws";
import { entries, nowUs, run, until } from "./host.mjs";

const clients = [];
let served;
let server;

const headsOf = (handle) => [...handle.heads()].sort().join();

function client(port) {
  const adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`);
  return { repo: new Repo({ network: [adapter] }), adapter };
}

run({
  async serve() {
    const listener = http.createServer();
    await new Promise((done) => listener.listen(0, "127.0.0.1", done));
    // As sync servers are set up: who wants a document asks for it. With the default both announce and request cross, and everything
    // is sent twice.
    const network = [new WebSocketServerAdapter(new WebSocketServer({ server: listener }))];
    server = new Repo({ network, sharePolicy: async () => false });
    return { port: listener.address().port };
  },
  async make({ docs, changes, bytes }) {
    const made = [];
    for (let number = 0; number < docs; number++) {
      // By the library below: made through the repository 10,000 changes take 20 s, which are nobody's catch-up.
      const raw = Automerge.getBackend(Automerge.init());
      const map = raw.putObject("/", "strokes", {});
      raw.commit();
      for (const [key, value] of entries(changes, bytes, number + 1)) {
        raw.put(map, key, value);
        raw.commit();
      }
      const handle = server.import(raw.save());
      await handle.whenReady();
      served ??= handle;
      made.push({ id: handle.url, heads: headsOf(handle) });
    }
    return { docs: made };
  },
  async fetch({ port, docs }) {
    const from = nowUs();
    const one = client(port);
    clients.push(one);
    const found = await Promise.all(docs.map(({ id }) => one.repo.find(id)));
    await until(() => found.every((handle, at) => headsOf(handle) === docs[at].heads));
    return { us: nowUs() - from };
  },
  async leave() {
    const { repo, adapter } = clients[0];
    adapter.retryInterval = 0;
    repo.networkSubsystem.removeNetworkAdapter(adapter);
  },
  async again({ port }) {
    clients[0].adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`);
    clients[0].repo.networkSubsystem.addNetworkAdapter(clients[0].adapter);
  },
  async clients({ port, doc, count }) {
    for (let number = 0; number < count; number++) {
      const one = client(port);
      one.handle = await one.repo.find(doc);
      clients.push(one);
    }
  },
  async expect({ key }) {
    const handles = [...(served ? [served] : []), ...clients.map((one) => one.handle)];
    await Promise.all(handles.map((handle) => new Promise((done) => {
      const look = () => {
        if (handle.doc()?.strokes?.[key] === undefined) return;
        handle.off("change", look);
        done();
      };
      handle.on("change", look);
      look();
    })));
    return { at_us: nowUs() };
  },
  async write({ key, bytes, seed }) {
    const [, value] = entries(1, bytes, seed).next().value;
    const at_us = nowUs();
    clients[0].handle.change((doc) => { doc.strokes[key] = value; });
    return { at_us };
  },
});
