public import ArgumentParser
public import ChatCore
public import ChatTerminal

/// How the conversation is to look: the same options in both programs.
public struct ViewOptions: ParsableArguments {
  @Option(help: "auto, always or never.")
  public var color = ColorChoice.auto

  @Flag(help: "The time before every message.")
  public var timestamps = false

  @Flag(help: "No bell when a message arrives while nobody types.")
  public var noBell = false

  @Flag(help: "Leave the window's title alone, and ask for no notifications.")
  public var noTitle = false

  @Flag(help: "Whole lines, nothing redrawn: for screen readers and logs.")
  public var plain = false

  public init() {}

  package var desk: DeskOptions {
    var desk = DeskOptions()
    desk.isPlain = plain
    desk.usesColor = color.isOn()
    desk.showsTimes = timestamps
    desk.ringsBell = !noBell
    desk.setsTitle = !noTitle
    return desk
  }
}

extension ColorChoice: ExpressibleByArgument {}
extension Mode: ExpressibleByArgument {}
