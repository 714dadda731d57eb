// Yjs over y-websocket and its server, in memory.
import http from "node:http";
import { getYDoc, setupWSConnection } from "@y/websocket-server/utils";
import { WebSocket, WebSocketServer } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";
import { entries, nowUs, run, until } from "./host.mjs";

const clients = [];
let served;

const headsOf = (doc) => Buffer.from(Y.encodeStateVector(doc)).toString("hex");
const connect = (port, room, doc) =>
  new WebsocketProvider(`ws://127.0.0.1:${port}`, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true });

run({
  async serve() {
    const listener = http.createServer();
    const sockets = new WebSocketServer({ server: listener });
    sockets.on("connection", (socket, request) => setupWSConnection(socket, request));
    await new Promise((done) => listener.listen(0, "127.0.0.1", done));
    return { port: listener.address().port };
  },
  async make({ docs, changes, bytes }) {
    const made = [];
    for (let number = 0; number < docs; number++) {
      const id = `room-${number}`;
      const doc = getYDoc(id);
      const map = doc.getMap("strokes");
      for (const [key, value] of entries(changes, bytes, number + 1)) doc.transact(() => map.set(key, value));
      served ??= doc;
      made.push({ id, heads: headsOf(doc) });
    }
    return { docs: made };
  },
  async fetch({ port, docs }) {
    const from = nowUs();
    for (const { id } of docs) {
      const doc = new Y.Doc();
      clients.push({ id, doc, provider: connect(port, id, doc) });
    }
    await until(() => clients.every(({ doc }, at) => headsOf(doc) === docs[at].heads));
    return { us: nowUs() - from };
  },
  async leave() {
    for (const one of clients) one.provider.destroy();
  },
  async again({ port }) {
    for (const one of clients) one.provider = connect(port, one.id, one.doc);
  },
  async clients({ port, doc: id, count }) {
    for (let number = 0; number < count; number++) {
      const doc = new Y.Doc();
      const provider = connect(port, id, doc);
      await until(() => provider.synced);
      clients.push({ id, doc, provider });
    }
  },
  async expect({ key }) {
    const maps = [...(served ? [served] : []), ...clients.map((one) => one.doc)].map((doc) => doc.getMap("strokes"));
    await Promise.all(maps.map((map) => new Promise((done) => {
      const look = () => {
        if (!map.has(key)) return;
        map.unobserve(look);
        done();
      };
      map.observe(look);
      look();
    })));
    return { at_us: nowUs() };
  },
  async write({ key, bytes, seed }) {
    const [, value] = entries(1, bytes, seed).next().value;
    const at_us = nowUs();
    clients[0].doc.getMap("strokes").set(key, value);
    return { at_us };
  },
});
