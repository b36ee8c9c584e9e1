import ChatProgram

@main
enum Main {
  static func main() {
    ChatServe.start(program: "chatserve")
  }
}
