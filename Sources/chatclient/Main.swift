import ChatProgram

@main
enum Main {
  static func main() {
    ChatClient.start()
  }
}
