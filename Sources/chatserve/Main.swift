import ArgumentParser

@main struct ChatServe: ParsableCommand {
  @Argument var port: Int = 5
  func run() throws { print(port) }
}
