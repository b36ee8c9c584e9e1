import ChatCore
import ChatTerminal
import Harness
import Testing

/// The window around the terminal: its title, its focus, and notifications.
@Suite struct WindowTests {
  private static func settings(_ variables: [String: String]) -> WindowSettings {
    WindowSettings { variables[$0] }
  }

  private struct Desk {
    var console: Console
    var screen = Screen(columns: 40, height: 12)
    var now = Instant(milliseconds: 1000)

    init(_ window: WindowSettings) {
      var settings = ConsoleSettings(isInteractive: true, columns: 40, rows: 12, party: .server)
      settings.window = window
      console = Console(settings)
      flush()
    }

    mutating func flush() { screen.write(console.takeOutput().standardOutput) }

    mutating func focus(_ has: Bool) {
      console.input(Array((has ? "\u{1b}[I" : "\u{1b}[O").utf8), at: now)
      while console.nextEvent() != nil {}
      flush()
    }

    mutating func arrive(_ name: String = "tatyana", rings: Bool = true) {
      console.announceArrival(of: name, rings: rings, at: now)
      flush()
    }
  }

  private static let kitty = settings(["TERM": "xterm-kitty"])
  private static let foot = settings(["TERM": "foot"])
  private static let xterm = settings(["TERM": "xterm-256color"])

  @Test func theTitleIsThePeersNameUntilTheEnd() {
    var desk = Desk(Self.xterm)
    #expect(desk.screen.titles == [])
    desk.arrive()
    #expect(desk.screen.titles == ["tatyana"] && desk.screen.keptTitles == 1)
    desk.console.suspend()
    desk.flush()
    #expect(desk.screen.keptTitles == 0 && !desk.screen.reportsFocus)
    desk.console.resume()
    desk.flush()
    #expect(desk.screen.titles == ["tatyana", "tatyana"] && desk.screen.keptTitles == 1)
    desk.console.finish()
    desk.flush()
    #expect(desk.screen.keptTitles == 0 && !desk.screen.reportsFocus)
    #expect(desk.screen.unknown == [])
  }

  @Test func aNotificationComesWhereTheWindowHasNoFocus() {
    for (window, notification) in [(Self.kitty, "tatyana"), (Self.foot, "notify;tatyana;")] {
      var desk = Desk(window)
      desk.focus(false)
      desk.arrive()
      #expect(desk.screen.notifications == [notification] && desk.screen.bells == 0)
      var looked = Desk(window)
      looked.focus(false)
      looked.focus(true)
      looked.arrive()
      #expect(looked.screen.notifications == [] && looked.screen.bells == 0)
    }
  }

  @Test func otherTerminalsRingWhereTheyMay() {
    var desk = Desk(Self.xterm)
    desk.focus(false)
    desk.arrive(rings: false)
    #expect(desk.screen.bells == 0)
    desk.arrive()
    #expect(desk.screen.bells == 1 && desk.screen.notifications == [])
  }

  /// Terminals answer mode 1004 with the focus as it is: whoever came just before
  /// is announced then, and nobody else.
  @Test func theFocusThatIsReportedAfterwardsCounts() {
    var away = Desk(Self.kitty)
    away.arrive()
    #expect(away.screen.notifications == [])
    away.focus(false)
    #expect(away.screen.notifications == ["tatyana"])
    away.focus(true)
    away.focus(false)
    #expect(away.screen.notifications == ["tatyana"])
    var here = Desk(Self.kitty)
    here.arrive()
    here.focus(true)
    here.focus(false)
    #expect(here.screen.notifications == [])
    var later = Desk(Self.kitty)
    later.arrive()
    later.now = later.now.advanced(by: .seconds(1))
    later.focus(false)
    #expect(later.screen.notifications == [])
  }

  /// Nothing that a peer chose ends the sequence or begins a parameter.
  @Test(arguments: ["a\u{7}b", "a\u{1b}\\b", "a\u{9c}b", "4;1;50", "a\nb", "a\u{202e}b"])
  func aNameEndsNoSequence(name: String) {
    var desk = Desk(Self.kitty)
    desk.focus(false)
    desk.arrive(name)
    #expect(desk.screen.unknown == [] && desk.screen.text == "")
    #expect(desk.screen.titles.count == 1 && desk.screen.notifications.count == 1)
    #expect(desk.screen.titles == [TextSanitizer.escapedOnOneLine(name)])
    #expect(desk.screen.notifications.allSatisfy { !$0.contains(";") })
  }

  @Test func terminalsAreKnownByTheirNames() {
    for name in ["dumb", "", "linux", "vt100", "ansi"] {
      #expect(!Self.settings(["TERM": name]).setsTitle)
      #expect(Self.settings(["TERM": name]).notification == nil)
    }
    #expect(
      Self.settings(["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"]).notification == .osc9)
    #expect(
      Self.settings(["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"]).notification == .osc9)
    #expect(Self.settings(["TERM": "xterm-ghostty"]).notification == .osc9)
    #expect(Self.settings(["TERM": "foot-extra"]).notification == .osc777)
    // A multiplexer takes neither, and has the variables of what it began in.
    for variable in ["TMUX", "STY"] {
      let window = Self.settings(["TERM": "screen", variable: "1", "TERM_PROGRAM": "WezTerm"])
      #expect(window.setsTitle && window.notification == nil)
    }
  }
}
