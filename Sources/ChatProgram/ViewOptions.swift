public import ArgumentParser
public import ChatTerminal

/// How the conversation is to look: the same options in both programs.
public struct ViewOptions: ParsableArguments {
  @Option(help: "auto, always or never.")
  public var color = ColourChoice.auto

  @Flag(help: "The time before every message.")
  public var timestamps = false

  @Flag(help: "No bell when a message arrives while nobody types.")
  public var noBell = false

  @Flag(help: "Whole lines, nothing redrawn: for screen readers and logs.")
  public var plain = false

  public init() {}

  public var view: ConversationView.Options {
    var view = ConversationView.Options()
    view.isPlain = plain
    view.colours = color.isOn
    view.showsTimes = timestamps
    view.ringsBell = !noBell
    return view
  }
}

extension ColourChoice: ExpressibleByArgument {}
