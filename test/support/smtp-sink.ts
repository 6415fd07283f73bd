/** A mail server on loopback that keeps what it is given (RFC 5321, as little of it as a test needs). */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { after } from "node:test";

export interface SmtpSink {
  url: string;
  /** Waits for the next message and returns it, decoded enough to read links. */
  next(): Promise<string>;
}

export async function smtpSink(): Promise<SmtpSink> {
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  const server = createServer((socket) => {
    let data: string[] | undefined;
    let rest = "";
    socket.setEncoding("utf8").write("220 sink ready\r\n");
    socket.on("error", () => {});
    socket.on("data", (chunk: string) => {
      rest += chunk;
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data) {
          if (line === ".") {
            const message = data.join("\n").replaceAll("=\n", "").replaceAll("=3D", "=");
            const taker = waiting.shift();
            if (taker) taker(message);
            else messages.push(message);
            data = undefined;
            socket.write("250 kept\r\n");
          } else data.push(line);
        } else if (line.startsWith("DATA")) {
          data = [];
          socket.write("354 go on\r\n");
        } else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
        else socket.write("250 ok\r\n");
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: async () => messages.shift() ?? new Promise<string>((resolve) => waiting.push(resolve)),
  };
}
