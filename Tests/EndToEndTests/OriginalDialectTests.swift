import Harness
import Testing

/// The original programs: one send is one message, nothing marks its end.
@Suite struct OriginalDialectTests {
  @Test("the original client talks with chatserve", arguments: Wire.allCases)
  func client(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try wire.peer(port: server.port)
      try peer.waitFor("SERVER")
      try peer.send("tatyana")
      try server.process.waitFor("waiting for tatyana …")
      try peer.send("hi")
      try server.process.waitFor("tatyana> hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("hello there")
      try peer.waitFor("hello there")
      try peer.send("resending")
      try server.process.waitFor("tatyana> resending")
      try peer.send("\\quit")
      try server.process.waitFor(LeavingTests.clientLeft)
      #expect(peer.receivedText == "SERVER\0hello there")
      #expect(
        try stage.transcript() == [
          "tatyana original: client 1 hi, server 1 hello there, client 2 resending; "
            + "closed by client, quit"
        ])
    }
  }

  @Test("chatserve's \\quit reaches the original client as its own word", arguments: Wire.allCases)
  func serverQuits(wire: Wire) throws {
    try Stage.run { stage in
      let server = try stage.server()
      let peer = try wire.peer(port: server.port)
      try peer.waitFor("SERVER")
      try peer.send("tatyana")
      try server.process.waitFor("waiting for tatyana …")
      try server.process.enter("\\quit")
      try peer.waitForEnd()
      #expect(peer.receivedText == "SERVER\0\\quit")
    }
  }

  @Test("chatclient talks with the original server")
  func server() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port)
      let peer = try server.accept()
      try peer.send("SERVER")
      try client.waitForInput("Please enter a User Name:")
      try client.enter("tatyana")
      try peer.waitFor("tatyana")
      try client.waitForInput("tatyana> ")
      try client.enter("hi")
      try peer.waitFor("tatyanahi")
      try peer.send("hello")
      try client.waitFor("SERVER> hello")
      try client.waitForInput("tatyana> ")
      try client.enter("\\quit")
      try peer.waitForEnd()
      peer.leave()
      #expect(try client.exitStatus() == 0)
      #expect(peer.receivedText == "tatyanahi\\quit")
    }
  }

  @Test("the original server's \\quit ends chatclient with its sentence")
  func originalServerQuits() throws {
    try Stage.run { stage in
      let server = try stage.fakeServer()
      let client = try stage.client(server.port, "--handle", "tatyana")
      let peer = try server.accept()
      try peer.send("SERVER")
      try client.waitForInput("tatyana> ")
      try client.enter("hi")
      try peer.waitFor("hi")
      try peer.send("\\quit")
      peer.leave()
      #expect(try client.exitStatus() == 0)
      #expect(client.screen.lines.last == LeavingTests.serversGoodbye)
    }
  }
}
