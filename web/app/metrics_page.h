// What GET /metrics answers: names, help, numbers, as Prometheus' text exposition format 0.0.4 has
// it. Names say their unit (_seconds, _bytes) and counters end in _total; what is not known is left
// out, never a zero. Numbers and site numbers alone: nothing here names a person.
//
// A value of its own for each request; not thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/histogram.h"

namespace opora::app {

class MetricsPage {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;
  enum class Type : std::uint8_t { kGauge, kCounter, kHistogram };
  // A family's samples stand together, in the order in which the families were begun. Its help is
  // that of the first sample.
  void gauge(const std::string& name, const std::string& help, double value, Labels labels = {});
  void counter(const std::string& name, const std::string& help, double value, Labels labels = {});
  // `unit`: of the histogram's values, in that of the name (1e-6 for microseconds in seconds).
  void histogram(const std::string& name, const std::string& help, const HistogramCounts& counts,
                 double unit);

  std::string text() const;

 private:
  struct Sample {
    Labels labels;
    double value = 0;
    HistogramCounts counts{};  // of a histogram, as `unit` of its name
    double unit = 1;
  };
  struct Family {
    std::string name;
    std::string help;
    Type type{};
    std::vector<Sample> samples;
  };
  Family& family(const std::string& name, const std::string& help, Type type);
  std::vector<Family> families_;
};

// How old something is, in seconds; a clock that was set back makes nothing younger than now.
double age_s(TimeMs now, TimeMs at);

}  // namespace opora::app
