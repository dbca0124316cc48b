// node socketio_server.mjs PORT FOLDER: socket.io on Node.js, without a store. FOLDER is where node_modules is; the third part is the key.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [port, folder, key] = process.argv.slice(2);
const { Server } = createRequire(`${folder}/`)("socket.io");

function isSigned(token) {
  const [name, given] = token.split(".");
  const right = createHmac("sha256", key).update(name).digest("hex");
  return right.length === given.length && timingSafeEqual(Buffer.from(right), Buffer.from(given));
}

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
const lines = new Map();

io.use((socket, next) => (isSigned(socket.handshake.auth.token) ? next() : next(new Error("token"))));
io.on("connection", (socket) => {
  const { room, rooms = [] } = socket.handshake.auth;
  for (const one of rooms) socket.join(one);
  socket.on("message", (data, acknowledge) => {
    const seq = (lines.get(room) ?? 0) + 1;
    lines.set(room, seq);
    socket.to(room).emit("entry", { conversation_id: room, entry: { seq, ...data } });
    acknowledge({ ok: true, seq });
  });
});
http.listen({ port: Number(port), host: "127.0.0.1", backlog: 1024 }, () => console.log("ready"));
