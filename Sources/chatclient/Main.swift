import ArgumentParser

@main struct ChatClientX: ParsableCommand {
  @Argument var port: Int = 5
  func run() throws { print(port) }
}
