require("http").createServer((_, res) => res.end("shop")).listen(3000);
