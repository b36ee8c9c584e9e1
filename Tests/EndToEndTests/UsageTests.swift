import Harness
import Testing

@Suite struct UsageTests {
  static let noPort =
    "ERROR: No port specified. Type: chatserve <port number>, port must be in the range [1024-65535]"
  static let badPort = "ERROR: Port number must be in the range [1024-65535]"

  @Test(
    "chatserve without a good port says so and exits with 64 where nobody can answer",
    arguments: [
      ([], noPort), (["12ab"], badPort), (["80"], badPort), (["65536"], badPort),
      (["1023"], badPort), ([""], badPort), (["99999999999999999999"], badPort),
    ])
  func serversPort(arguments: [String], sentence: String) throws {
    try Stage.run { stage in
      let server = try stage.onPipes(.chatserve, arguments)
      server.closeInput()
      #expect(try server.exitStatus() == 64)
      #expect(server.errorText == sentence + "\n")
      #expect(server.outputText == "")
    }
  }

  @Test(
    "`help` is no port, and what follows it is not done",
    arguments: [
      ([], "USAGE: chatserve "), (["history"], "USAGE: chatserve history <subcommand>"),
      (["history", "prune"], "USAGE: chatserve history prune"),
    ])
  func help(words: [String], usage: String) throws {
    try Stage.run { stage in
      let server = try stage.onPipes(.chatserve, ["help"] + words)
      #expect(try server.exitStatus() == 0)
      #expect(server.outputText.contains(usage))
      #expect(stage.files(in: stage.home) == [])
    }
  }

  @Test(
    "a word that was meant for history gets a hint, in place of a sentence about ports",
    arguments: [
      ("histroy", "chatserve history"), ("show", "chatserve history show"),
      ("kye", "chatserve key"), ("alow", "chatserve allow"), ("blcok", "chatserve block"),
    ])
  func hint(word: String, meant: String) throws {
    try Stage.run { stage in
      let server = try stage.onTerminal(.chatserve, [word, "1"])
      #expect(try server.exitStatus() == 64)
      #expect(
        server.screen.text
          == "chatserve: there is no command \"\(word)\"; did you mean \"\(meant)\"?")
    }
  }

  @Test(
    "a number below zero is refused as a number, not as an option",
    arguments: [
      ("--resume-within", "--resume-within takes 0 to 86400 seconds, not -1."),
      ("--idle-timeout", "--idle-timeout takes 0 to 31536000 seconds, not -1."),
      ("--max-waiting", "--max-waiting takes 0 to 1000 peers, not -1."),
      ("--per-source", "--per-source takes 0 to 1000 connections, not -1."),
      ("--max-penalty", "--max-penalty takes 0 to 86400 seconds, not -1."),
      ("--max-start", "--max-start takes 0, a number from 1 to 1000, or three such as"),
      ("--disk-reserve", "--disk-reserve takes a number of bytes such as 64M, or 1% to 99%, not"),
      ("--rate", "--rate takes 0, or 1K to 1024G bytes a second."),
    ])
  func belowZero(option: String, sentence: String) throws {
    try Stage.run { stage in
      for arguments in [[option, "-1"], ["\(option)=-1"]] {
        let process = try stage.onPipes(.chatserve, ["1027"] + arguments)
        #expect(try process.exitStatus() == 64)
        #expect(process.errorText.hasPrefix("Error: \(sentence)"), "\(process.errorText)")
      }
    }
  }

  @Test("what is wrong after a word names the help with that word", arguments: ["key", "allow"])
  func usage(word: String) throws {
    try Stage.run { stage in
      let process = try stage.onPipes(.chatserve, [word, "--bogus"])
      #expect(try process.exitStatus() == 64)
      #expect(process.errorText.contains("See 'chatserve \(word) --help'"))
    }
  }

  @Test(
    "the version is told, without anything that is needed for more", arguments: ["-V", "--version"])
  func version(option: String) throws {
    try Stage.run { stage in
      for program in [Program.chatserve, .chatclient] {
        let process = try stage.onPipes(program, [option])
        #expect(try process.exitStatus() == 0)
        #expect(process.outputText.hasPrefix("0.1.0 (OpenSSL 3."))
        #expect(process.outputText.occurrences(of: "\n") == 1)
        #expect(process.errorText == "")
      }
      let client = try stage.onPipes(.chatclient, ["localhost", "1027", option])
      #expect(try client.exitStatus() == 0)
      #expect(client.outputText.hasPrefix("0.1.0 (OpenSSL 3."))
    }
  }

  @Test("on a terminal the port is asked for until it is one")
  func askedForAPort() throws {
    try Stage.run { stage in
      let server = try stage.onTerminal(.chatserve, [])
      try server.waitFor(Self.noPort)
      try server.waitForInput("Please enter a port number: ")
      try server.enter("80")
      try server.waitFor(Self.badPort)
      try server.waitForInput("Please enter a port number: ")
      try server.enter("no port")
      try server.waitFor(Self.badPort, times: 2)
      try server.waitForInput("Please enter a port number: ")
      let port = try FakeServer.freePort()
      try server.enter("\(port)")
      try server.waitFor("Listening on port \(port)")
    }
  }

  @Test("end of input at the question for a port is a usage error")
  func endOfInputAtThePort() throws {
    try Stage.run { stage in
      let server = try stage.onTerminal(.chatserve, ["70000"])
      try server.waitForInput("Please enter a port number: ")
      try server.send(Keys.endOfFile)
      #expect(try server.exitStatus() == 64)
    }
  }

  @Test("a port that is taken is told by its number, with 69")
  func takenPort() throws {
    try Stage.run { stage in
      let first = try stage.server()
      let second = try stage.onPipes(.chatserve, ["\(first.port)"])
      #expect(try second.exitStatus() == 69)
      #expect(
        second.errorText
          == "chatserve: port \(first.port) is taken: another program listens there. "
          + "Stop it or choose another port.\n")
      let client = try stage.talker("tatyana", on: first.port)
      try client.enter("hi")
      try first.process.waitFor("tatyana> hi")
    }
  }

  @Test("chatclient refuses a bad port, with 64", arguments: ["12ab", "0", "65536", "-1", ""])
  func clientsPort(port: String) throws {
    try Stage.run { stage in
      let client = try stage.onPipes(.chatclient, ["localhost", port])
      #expect(try client.exitStatus() == 64)
      #expect(client.outputText == "")
      #expect(client.errorText != "")
    }
  }

  @Test("chatclient says what a port is")
  func clientsPortSentence() throws {
    try Stage.run { stage in
      let client = try stage.onPipes(.chatclient, ["localhost", "12ab"])
      #expect(try client.exitStatus() == 64)
      #expect(
        client.errorText == "chatclient: Invalid port 12ab: must be 1 to 65535. "
          + "Type: chatclient <host> <port>\n")
    }
  }

  @Test(
    "chatclient without host or port explains its usage, with 64",
    arguments: [
      [], ["localhost"],
    ])
  func clientsArguments(arguments: [String]) throws {
    try Stage.run { stage in
      let client = try stage.onPipes(.chatclient, arguments)
      #expect(try client.exitStatus() == 64)
      #expect(client.errorText.contains("chatclient <host> <port>"))
    }
  }

  @Test("an unknown host is named, with 68")
  func unknownHost() throws {
    try Stage.run { stage in
      let client = try stage.onPipes(.chatclient, ["no-such-host.invalid", "1027"])
      #expect(try client.exitStatus() == 68)
      #expect(client.errorText.hasPrefix("chatclient: "))
      #expect(client.errorText.contains("no-such-host.invalid"))
      #expect(client.errorText.occurrences(of: "\n") == 1)
    }
  }

  @Test("where nothing listens, chatclient says so, with 69, before it asks for a name")
  func nothingListens() throws {
    try Stage.run { stage in
      let port = try FakeServer.freePort()
      let client = try stage.client(port)
      #expect(try client.exitStatus() == 69)
      #expect(
        client.screen.text
          == "chatclient: nothing listens at 127.0.0.1 port \(port). Is chatserve running there?")
    }
  }

  @Test(
    "a bad --handle is refused with a sentence and 64, by both programs",
    arguments: [
      ("", "takes a name of 1 to 10 characters, not an empty one."),
      ("abcdefghijk", "takes a name of 1 to 10 characters; this one has 11."),
      ("two words", "takes one word, without spaces."),
      ("ba\u{1b}d", "takes visible characters only."),
      ("ba\u{202e}d", "takes visible characters only."),
    ])
  func badHandle(handle: String, problem: String) throws {
    try Stage.run { stage in
      let server = try stage.onPipes(.chatserve, ["1027", "--handle", handle])
      #expect(try server.exitStatus() == 64)
      #expect(server.errorText == "chatserve: --handle \(problem)\n")
      let client = try stage.onPipes(.chatclient, ["localhost", "1027", "--handle", handle])
      #expect(try client.exitStatus() == 64)
      #expect(client.errorText == "chatclient: --handle \(problem)\n")
    }
  }

  @Test("ten characters are ten, however many bytes they have")
  func characters() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.onPipes(
        .chatclient, ["127.0.0.1", "\(server.port)", "--handle", "éééééééééé"])
      try server.process.waitFor("waiting for éééééééééé …")
      let long = String(repeating: "é", count: 500)
      try client.send(long + "\n")
      try server.process.waitFor(String(repeating: "é", count: 80), times: 5)
      #expect(try stage.transcript().first?.contains("client 1 \(long)") == true)
    }
  }

  @Test("bad names at the question are asked for again, each with its reason")
  func questionAgain() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.client(server.port)
      try client.waitForInput("Please enter a User Name:")
      try client.enter("two words")
      try client.waitForInput(
        "User Name must be between [1-10] characters, in one word. Reenter a User Name: ")
      try client.enter("")
      try client.waitForInput(
        "User Name must be between [1-10] characters. Reenter a User Name: ")
      try client.enter("ba\u{202e}d")
      try client.waitForInput(
        "User Name must be between [1-10] visible characters. Reenter a User Name: ")
      try client.enter("  tatyana ")
      try client.waitForInput("tatyana> ")
    }
  }

  @Test("an empty message is refused on both sides and nothing is sent")
  func emptyMessage() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("")
      try client.waitFor("Please enter a message between [1-500] characters.")
      try client.enter("hi")
      try server.process.waitForInput("SERVER> ")
      try server.process.enter("")
      try server.process.waitFor(
        "ERROR: Your message is less than 1 character long. Retype your message.")
      #expect(try stage.transcript() == ["tatyana native: client 1 hi; open"])
    }
  }

  @Test("an unknown command is not sent, and two backslashes say one")
  func commands() throws {
    try Stage.run { stage in
      let server = try stage.server()
      let client = try stage.talker("tatyana", on: server.port)
      try client.enter("\\quti")
      try client.waitFor("Unknown command \\quti; nothing was sent. \\help lists the commands.")
      try client.send(Keys.killLine)
      try client.waitForInput("tatyana> ")
      try client.enter("\\\\quit")
      try server.process.waitFor("tatyana> \\quit")
      #expect(try stage.transcript() == ["tatyana native: client 1 \\quit; open"])
    }
  }
}
