import AuditReport
import Foundation
import StateFixtures
import Testing

/// The page: safe, whole, small enough, and rendered by a real browser.
struct HTMLTests {
    @Test func textOfTheClusterIsEscaped() async {
        let page = HTMLReport.text(of: await Reports.hostileReport())
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(!page.contains("http://") && !page.contains("src="))
    }

    @Test func everyElementThatIsOpenedIsClosed() async {
        let page = HTMLReport.text(of: await Reports.hostileReport())
        for element in [
            "details", "table", "tbody", "tr", "td", "div", "article", "svg", "ul", "li", "span", "dl", "pre", "p",
        ] {
            let opened =
                page.components(separatedBy: "<\(element)>").count + page.components(separatedBy: "<\(element) ").count
            let closed = page.components(separatedBy: "</\(element)>").count
            #expect(opened - 1 == closed, "\(element)")
        }
    }

    @Test func chromiumRendersIt() async throws {
        guard let browser = Browser.path else {
            try #require(
                ProcessInfo.processInfo.environment["HOLDFAST_REQUIRE_LAB"] != "1", "chromium is not installed")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-html-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let page = folder.appending(path: "report.html")
        try Data(HTMLReport.text(of: await Reports.hostileReport()).utf8).write(to: page)
        for width in [390, 1280] {
            let measured = try Browser.measure(page, width: width, in: folder, browser: browser)
            #expect(measured.scrollWidth <= width, "the page is \(measured.scrollWidth) wide in a window of \(width)")
            #expect(measured.height > 1000)
        }
        let picture = folder.appending(path: "page.png")
        _ = try Browser.run(browser, ["--screenshot=\(picture.path)", "--window-size=1280,2000", page.absoluteString])
        let size = try FileManager.default.attributesOfItem(atPath: picture.path)[.size] as? Int ?? 0
        #expect(size > 40_000, "the picture is nearly empty: \(size) bytes")
        try FileManager.default.removeItem(at: folder)
    }
}

/// Chromium without a window.
enum Browser {
    static var path: String? {
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// How wide and high a page is laid out in a frame of a width. The page itself may run no script; the frame's
    /// surrounding asks.
    static func measure(
        _ page: URL, width: Int, in folder: URL, browser: String
    ) throws -> (scrollWidth: Int, height: Int) {
        let outer = folder.appending(path: "outer.html")
        let text = """
            <body><iframe id=f width=\(width) height=800 frameborder=0 src="\(page.lastPathComponent)"></iframe><script>
            f.onload=()=>{const e=f.contentDocument.documentElement;document.body.dataset.size=e.scrollWidth+"x"+e.scrollHeight}
            </script></body>
            """
        try Data(text.utf8).write(to: outer)
        let dom = try run(
            browser,
            ["--allow-file-access-from-files", "--virtual-time-budget=10000", "--dump-dom", outer.absoluteString])
        let size = try #require(dom.firstMatch(of: /data-size="(\d+)x(\d+)"/))
        return (try #require(Int(size.1)), try #require(Int(size.2)))
    }

    /// Runs it; what it says.
    static func run(_ browser: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments =
            [
                "60", browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-dev-shm-usage",
            ] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "chromium ended with \(process.terminationStatus)")
        return String(decoding: data, as: UTF8.self)
    }
}
