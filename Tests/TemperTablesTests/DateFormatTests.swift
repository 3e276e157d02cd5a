import TemperCore
import Testing

@testable import TemperTables

@Suite("Dates") struct DateFormatTests {
  @Test func isoMoments() {
    // Seconds by `date -u -d ... +%s`.
    for (text, clock, instant) in [
      ("1970-01-01", 0, 0), ("2024-05-17", 1_715_904_000, 1_715_904_000), ("2000-02-29", 951_782_400, 951_782_400),
      ("1900-03-01", -2_203_891_200, -2_203_891_200), ("2024-05-17T08:30:15.25Z", 1_715_934_615.25, 1_715_934_615.25),
      ("2024-05-17 08:30+02:00", 1_715_934_600, 1_715_927_400), ("2024/05/17", 1_715_904_000, 1_715_904_000),
      ("2024-05", 1_714_521_600, 1_714_521_600), (" 2024-05-17 ", 1_715_904_000, 1_715_904_000),
      ("0001-01-01", -62_135_596_800, -62_135_596_800),
      ("2024-05-17T08:30-0330", 1_715_934_600, 1_715_947_200),
      // Zones as PostgreSQL, git and logs write them, and ISO 8601's comma and basic form.
      ("2024-05-17 08:30:15+00", 1_715_934_615, 1_715_934_615), ("2024-05-17 08:30:15-03", 1_715_934_615, 1_715_945_415),
      ("2024-05-17 08:30:15 +0530", 1_715_934_615, 1_715_914_815), ("2024-05-17T08:30:15,25Z", 1_715_934_615.25, 1_715_934_615.25),
      ("2024-05-17 08:30:15 UTC", 1_715_934_615, 1_715_934_615), ("20240517T083015Z", 1_715_934_615, 1_715_934_615),
    ] as [(String, Double, Double)] {
      #expect(DateFormat.iso.moment(text) == Moment(clock: clock, instant: instant), "\(text)")
    }
    for text in [
      "", "2024", "2024-5-17", "2024-13-01", "2024-02-30", "1900-02-29", "2024-05-17T", "2024-05-17T25:00", "2024-05-17T08:60",
      "2024-05/17",
      "2024-05-17T08:30:61", "2024-05-17 08:30 Z", "2024-05-17x", "24-05-17", "2024-05-17T08:30:15.", "2024/05", "+2024-05-17",
    ] {
      #expect(DateFormat.iso.moment(text) == nil, "\(text)")
    }
  }

  @Test func patterns() throws {
    let day = 1_715_904_000.0
    for (pattern, text, seconds) in [
      ("%d.%m.%Y", "17.05.2024", 0), ("%d.%m.%Y %H:%M", "17.5.2024 08:30", 30_600), ("%b %d, %Y", "May 17, 2024", 0),
      ("%d %b %y", "17 MAY 24", 0), ("%m/%d/%Y %I:%M %p", "5/17/2024 12:30 am", 1800), ("%m/%d/%Y %I:%M %p", "5/17/2024 12:30 PM", 45_000),
      ("%Y%m%dT%H%M%S", "20240517T083000", 30_600), ("%Y-%m-%d %H:%M:%S.%f", "2024-05-17 00:00:01.5", 1.5),
      ("100%% %Y-%m-%d", "100% 2024-05-17", 0),
    ] as [(String, String, Double)] {
      #expect(try #require(DateFormat(pattern)).moment(text)?.clock == day + seconds, "\(pattern)")
    }
    #expect(try #require(DateFormat("%y-%m-%d")).moment("69-01-01")?.clock == -365 * 86_400)
    for (pattern, text) in [
      ("%d.%m.%Y", "17.05.24"), ("%d.%m.%Y", "32.05.2024"), ("%b %d %Y", "Mai 17 2024"), ("%I %p %d %m %Y", "13 pm 1 1 2024"),
    ] {
      #expect(try #require(DateFormat(pattern)).moment(text) == nil, "\(pattern)")
    }
    for pattern in ["", "%d.%m", "%Y-%m-%d %Q", "%Y-%Y-%m-%d", "%Y-%m-%b-%d", "%Y-%m-%d %I:%M", "%Y-%m-%d%"] {
      #expect(DateFormat(pattern) == nil, "\(pattern)")
    }
  }

  @Test func everyDayOfFourCenturies() {
    var expected = Calendar.days(year: 1801, month: 1, day: 1)
    for year in 1801...2200 {
      for month in 1...12 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        for day in 1...[31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] {
          guard Calendar.days(year: year, month: month, day: day) == expected, Calendar.month(ofDay: expected) == (month - 1, day) else {
            Issue.record("\(year)-\(month)-\(day)")
            return
          }
          expected += 1
        }
      }
    }
    #expect(Calendar.weekday(ofDay: 0) == 3 && Calendar.weekday(ofDay: -4) == 6)
  }

  @Test func featuresOfDates() throws {
    let t = try table("day,y\n2024-01-01,a\n2024-04-01,b\n2024-07-01,a\n2024-10-02T06:00,b\n")
    let p = try fit(t, label: "y")
    #expect(
      p.featureNames == ["day", "day.month_sin", "day.month_cos", "day.weekday_sin", "day.weekday_cos", "day.hour_sin", "day.hour_cos"])
    let x = try p.features(of: t, rows: [1, 3])
    let days = [0, 91, 182, 275.25]
    let mean = days.reduce(0, +) / 4
    let deviation = (days.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4).squareRoot()
    // April is a quarter of a year after January, 6 o'clock a quarter of a day; April 1 was a Monday, October 2 a Wednesday.
    for (feature, wanted) in zip(
      x, [(91 - mean) / deviation, 1, 0, 0, 1, 0, 1, (275.25 - mean) / deviation, -1, 0, 0.9749279, -0.2225209, 1, 0])
    {
      #expect(abs(Double(feature) - wanted) < 1e-6)
    }
    // Monthly figures have no weekday, days no hour, and one month no month.
    func names(_ dates: [String]) throws -> [String] {
      try fit(table("d,y\n" + dates.enumerated().map { "\($1),\($0 % 2)" }.joined(separator: "\n")), label: "y").featureNames
    }
    #expect(try names(["2024-01", "2024-02", "2024-03"]) == ["d", "d.month_sin", "d.month_cos"])
    #expect(try names(["2024-01-01", "2024-01-02"]) == ["d", "d.weekday_sin", "d.weekday_cos"])
    #expect(try names(["2024-01-01 10:00", "2024-01-01 11:00"]) == ["d", "d.hour_sin", "d.hour_cos"])
    #expect(try names(["2020-01-01", "2021-01-01"]) == ["d"])
  }
}
