// What the JavaScript client sees of a server: `node client.mjs URL PACKAGE.JSON`, prints one line of JSON. Used by scenarios.py.
import { createRequire } from "node:module";

const [url, packages] = process.argv.slice(2);
const { io } = createRequire(packages)("socket.io-client");
const once = (emitter, event) => new Promise((resolve) => emitter.once(event, (...values) => resolve(values)));

function open(space, options = {}) {
  const socket = io(url + space, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
  socket.heard = [];
  socket.onAny((...event) => socket.heard.push(event.filter((value) => typeof value !== "function")));
  return socket;
}

async function joined(space, options) {
  const socket = open(space, options);
  await once(socket, "connect");
  return socket;
}

async function refused() {
  const seen = [];
  for (const [space, auth] of [["/chat", "refuse"], ["/chat", "error"], ["/unknown", undefined]]) {
    const socket = open(space, { auth });
    const [error] = await once(socket, "connect_error");
    seen.push([error.message, error.data ?? null]);
    socket.close();
  }
  return seen;
}

async function values() {
  const given = ["text", "", "Grüße 👋 你好 \u2028 \\ \" \n\t", "x".repeat(16000), 0, -5, 1.5, true, null, [], {}, { a: { b: [1, null, { c: "[" }] } }];
  const socket = await joined("/chat", { auth: { token: "ä".repeat(50), n: 1 } });
  const answers = [];
  for (const value of given) answers.push(await socket.emitWithAck("echo", value));
  answers.push(await socket.emitWithAck("echo", 1, "two", [3]), await socket.emitWithAck("echo"));
  answers.push(await socket.timeout(10_000).emitWithAck("nothing", 1), await socket.compress(false).emitWithAck("echo", "plain"));
  socket.volatile.emit("nothing", "volatile");
  answers.push(await Promise.all(Array.from({ length: 200 }, (_, number) => socket.emitWithAck("echo", number))));
  socket.close();
  return answers;
}

async function rooms() {
  const [one, two] = [await joined("/chat"), await joined("/chat")];
  const root = one.io.socket("/");
  await once(root, "connect");
  await two.emitWithAck("enter", "red");
  await one.emitWithAck("tell", { room: "red", data: "two" });
  await one.emitWithAck("tell", { data: { n: 1 }, skip: true });
  await one.emitWithAck("tell_me", "several", 1);
  const last = await one.emitWithAck("burst", 300);
  await Promise.all([one, two].map((socket) => socket.emitWithAck("echo", "sync")));
  const seen = [last, await root.emitWithAck("echo", "same connection"), one.heard, two.heard];
  one.io.engine.close();
  two.close();
  return seen;
}

async function callbacks() {
  const socket = await joined("/chat");
  socket.on("question", (data, answer) => answer("answer", data));
  const told = once(socket, "told");
  const seen = [await socket.emitWithAck("ask", { why: [1] }), await told];
  socket.close();
  return seen;
}

async function ends() {
  const [one, two, three] = [await joined("/chat"), await joined("/chat"), await joined("/chat", { reconnection: true, reconnectionDelay: 10 })];
  const reasons = [once(one, "disconnect"), once(two, "disconnect"), once(three, "disconnect")];
  one.emit("bye");
  two.disconnect();
  const first = three.id;
  const again = once(three, "connect");
  three.io.engine.close();
  const seen = (await Promise.all(reasons)).map(([reason]) => reason);
  await again;
  seen.push(three.id !== first, three.recovered, await three.emitWithAck("echo", "back"));
  three.close();
  return seen;
}

async function upgraded() {
  const socket = await joined("/chat", { transports: ["polling", "websocket"] });
  if (socket.io.engine.transport.name === "polling") await once(socket.io.engine, "upgrade");
  const seen = [socket.io.engine.transport.name, await socket.emitWithAck("echo", "upgraded"), await socket.emitWithAck("burst", 20)];
  seen.push(socket.heard);
  socket.close();
  return seen;
}

const seen = {};
for (const scenario of [refused, values, rooms, callbacks, ends, upgraded]) seen[scenario.name] = await scenario();
console.log(JSON.stringify(seen));
