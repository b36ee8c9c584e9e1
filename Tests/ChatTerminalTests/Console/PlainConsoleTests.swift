import ChatCore
import ChatTerminal
import Testing

@Suite struct PlainConsoleTests {
  private let start = Instant(milliseconds: 0)

  private func console(prompts: Bool = false) -> Console {
    var settings = ConsoleSettings(isInteractive: false, columns: 0, rows: 0, party: .server)
    settings.printsPlainPrompts = prompts
    return Console(settings)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test(arguments: 1...12)
  func linesAreTheSameAtEveryChunkSize(chunk: Int) {
    var console = console()
    console.setPrompt(.speak("SERVER> "))
    let bytes = Array("one é\r\n\ntwo\nlast".utf8)
    var events: [ConsoleEvent] = []
    for first in stride(from: 0, to: bytes.count, by: chunk) {
      console.input(bytes[first..<min(first + chunk, bytes.count)], at: start)
      while let event = console.nextEvent() {
        events.append(event)
        console.acceptLine()
      }
    }
    console.endOfInput()
    while let event = console.nextEvent() {
      events.append(event)
      console.acceptLine()
    }
    #expect(events == [.line("one é"), .line(""), .line("two"), .line("last"), .endOfInput])
    #expect(
      text(console.takeOutput().standardOutput)
        == "SERVER> one é\nSERVER> \nSERVER> two\nSERVER> last\n")
  }

  @Test func noEventComesWhileALineWaits() {
    var console = console()
    console.setPrompt(.speak("SERVER> "))
    console.input("a\nb\n".utf8, at: start)
    #expect(!console.wantsInput)
    #expect(console.nextEvent() == .line("a"))
    #expect(console.nextEvent() == nil)
    console.keepLine(notice: "Not now.")
    #expect(console.nextEvent() == .line("b"))
    console.dropLine()
    #expect(console.nextEvent() == nil)
    #expect(console.wantsInput)
    let output = console.takeOutput()
    #expect(text(output.standardOutput) == "")
    #expect(text(output.standardError) == "Not now.\n")
    #expect(!console.hasOutput)
  }

  /// What is handed to the next conversation is read there as it was here.
  @Test func theDraftIsWhatWasNotAccepted() {
    var console = console()
    console.setPrompt(.speak("SERVER> "))
    console.input("one\ntwo\r\nthree\nfo".utf8, at: start)
    #expect(console.nextEvent() == .line("one"))
    console.acceptLine()
    #expect(text(console.takeDraft()) == "two\nthree\nfo")
    #expect(console.nextEvent() == .line("two"))
    #expect(text(console.takeDraft()) == "two\nthree\nfo")
    console.dropLine()
    #expect(console.nextEvent() == .line("three"))
    console.acceptLine()
    #expect(text(console.takeDraft()) == "fo")
  }

  @Test(arguments: [true, false])
  func whatWaitsIsCounted(interactive: Bool) {
    var console = Console(
      ConsoleSettings(isInteractive: interactive, columns: 80, rows: 24, party: .server))
    _ = console.takeOutput()
    #expect(console.waitingByteCount == 0)
    let text = String(repeating: "x", count: 400)
    for _ in 0..<1000 { console.printMessage(PeerText(text), from: "tatyana", party: .client) }
    #expect(console.waitingByteCount >= 400_000)
    _ = console.takeOutput()
    #expect(console.waitingByteCount == 0)
  }

  @Test func streamsAreApartAndNobodyForgesALine() {
    var console = console()
    console.printMessage(
      PeerText("hi\nSERVER> forged\u{1b}[2J"), from: "tatyana", party: .client)
    console.print("Listening.", to: .notice)
    console.print("")
    console.printMessage(PeerText("x"), from: "mike", party: .client, time: "12:00")
    let output = console.takeOutput()
    #expect(
      text(output.standardOutput)
        == "tatyana> hi\\nSERVER> forged\\x1b[2J\n\n12:00 mike> x\n")
    #expect(text(output.standardError) == "Listening.\n")
  }

  @Test func promptsArePrintedOnlyWhenToldTo() {
    var console = console(prompts: true)
    console.setPrompt(.ask("Name: "))
    #expect(text(console.takeOutput().standardOutput) == "Name: ")
    console.input("bob\n".utf8, at: start)
    #expect(console.nextEvent() == .line("bob"))
    console.acceptLine()
    console.setPrompt(.speak("bob> "))
    #expect(text(console.takeOutput().standardOutput) == "bob> ")
    console.printMessage(PeerText("hi"), from: "SERVER", party: .server)
    // The prompt that nothing was entered at is no row of its own.
    #expect(text(console.takeOutput().standardOutput) == "\r     \rSERVER> hi\nbob> ")
    console.setPrompt(.waiting("waiting …", then: "bob> "))
    #expect(text(console.takeOutput().standardOutput) == "\r     \r")
    console.finish()
    #expect(!console.hasOutput)
  }

  @Test func whatIsHalfTypedIsEchoedBehindWhatArrives() {
    var console = console(prompts: true)
    console.setPrompt(.speak("bob> "))
    #expect(text(console.takeOutput().standardOutput) == "bob> ")
    console.printMessage(PeerText("hi"), from: "SERVER", party: .server)
    console.input("half".utf8, at: start)
    #expect(
      text(console.takeOutput().standardOutput) == "\r         \rSERVER> hi\nbob> half")
    console.input(" ahead\n".utf8, at: start)
    #expect(console.nextEvent() == .line("half ahead"))
    console.acceptLine()
    #expect(text(console.takeOutput().standardOutput) == "")
    // Where no prompt is.
    console.setPrompt(.waiting("waiting …", then: "bob> "))
    console.input("more".utf8, at: start)
    console.printMessage(PeerText("ho"), from: "SERVER", party: .server)
    #expect(text(console.takeOutput().standardOutput) == "\r    \rSERVER> ho\nmore")
    console.setPrompt(.speak("bob> "))
    #expect(text(console.takeOutput().standardOutput) == "\r    \rbob> more")
    #expect(!console.hasOutput)
    console.finish()
    #expect(text(console.takeOutput().standardOutput) == "\r         \r")
    #expect(!console.hasOutput)
  }

  @Test func ctrlCEndsALineOfATerminalAndIsTextInAPipe() {
    var terminal = console(prompts: true)
    terminal.setPrompt(.speak("bob> "))
    _ = terminal.takeOutput()
    terminal.input("half\u{3}".utf8, at: start)
    #expect(terminal.nextEvent() == nil)
    #expect(text(terminal.takeOutput().standardOutput) == "\nbob> ")
    terminal.input("\u{3}x\n".utf8, at: start)
    #expect(terminal.nextEvent() == .interrupt)
    #expect(terminal.nextEvent() == .line("x"))
    var pipe = console()
    pipe.input("half\u{3}\n".utf8, at: start)
    #expect(pipe.nextEvent() == .line("half\u{3}"))
  }

  @Test func sequencesOfATerminalAreNoText() {
    var terminal = console(prompts: true)
    terminal.input("a\u{1b}[<0;10;5Mb\tc\u{1b}[D\u{1b}[M !!d\n".utf8, at: start)
    #expect(terminal.nextEvent() == .line("ab\tcd"))
    var pipe = console()
    pipe.input("a\u{1b}[Db\n".utf8, at: start)
    #expect(pipe.nextEvent() == .line("a\u{1b}[Db"))
  }

  @Test func anEndlessLineIsBoundedAndStillTooLong() {
    var console = console()
    let chunk = [UInt8](repeating: 0x61, count: 4096)
    for _ in 0..<100 { console.input(chunk, at: start) }
    #expect(console.nextEvent() == nil)
    console.input("\nb\n".utf8, at: start)
    #expect(console.nextEvent() == .line(String(repeating: "a", count: 64 * 1024)))
    console.acceptLine()
    #expect(console.nextEvent() == .line("b"))
  }
}
