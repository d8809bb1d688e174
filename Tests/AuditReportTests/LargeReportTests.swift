import AuditReport
import StateFixtures
import Testing

/// Ten thousand OSDs: the page stays usable. Time and memory are measured by Benchmarks.
struct LargeReportTests {
    @Test(.timeLimit(.minutes(2))) func pageOfTenThousandOSDsStaysSmall() async {
        let report = await Reports.report(of: SyntheticCluster.large.capture())
        let page = HTMLReport.text(of: report)
        #expect(page.utf8.count < 8 << 20, "\(page.utf8.count) bytes")
        #expect(report.heatMap?.isByHost == true)
        #expect(report.heatMap?.rows.count == 500)
    }
}
