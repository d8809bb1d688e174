import Testing
import Vocabulary

@Suite("Redacted")
struct RedactedTests {
    @Test("a secret stays out of every way to print it")
    func staysHidden() {
        let secret = Redacted("AQBhunter2==")
        let holder = (user: "admin", key: Optional(secret))
        var dumped = ""
        dump(secret, to: &dumped)
        dump(holder, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: holder), "\([secret])", dumped] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("redacted"))
        }
        #expect(secret.reveal() == "AQBhunter2==")
        #expect(secret == Redacted("AQBhunter2=="))
        #expect(secret != Redacted("another"))
    }
}
