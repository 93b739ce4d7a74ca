#include "web/app/metrics_page.h"

#include <algorithm>
#include <sstream>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "protocol/base/check.h"

namespace opora::app {

namespace {

prometheus::MetricType type_of(MetricsPage::Type type) {
  switch (type) {
    case MetricsPage::Type::kGauge: return prometheus::MetricType::Gauge;
    case MetricsPage::Type::kCounter: return prometheus::MetricType::Counter;
    case MetricsPage::Type::kHistogram: return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric::Histogram histogram_of(const HistogramCounts& counts, double unit) {
  prometheus::ClientMetric::Histogram out;
  for (std::size_t i = 0; i < counts.counts.size(); ++i) {
    out.sample_count += counts.counts[i];
    // The serializer adds the one without a bound.
    if (i < counts.bounds.size())
      out.bucket.push_back({out.sample_count, static_cast<double>(counts.bounds[i]) * unit});
  }
  out.sample_sum = static_cast<double>(counts.sum) * unit;
  return out;
}

}  // namespace

MetricsPage::Family& MetricsPage::family(const std::string& name, const std::string& help,
                                         Type type) {
  const auto known = std::find_if(families_.begin(), families_.end(),
                                  [&](const Family& one) { return one.name == name; });
  if (known != families_.end()) {
    OPORA_CHECK(known->type == type);
    return *known;
  }
  families_.push_back({name, help, type, {}});
  return families_.back();
}

void MetricsPage::gauge(const std::string& name, const std::string& help, double value,
                        Labels labels) {
  family(name, help, Type::kGauge).samples.push_back({std::move(labels), value});
}

void MetricsPage::counter(const std::string& name, const std::string& help, double value,
                          Labels labels) {
  OPORA_CHECK(name.ends_with("_total"));
  family(name, help, Type::kCounter).samples.push_back({std::move(labels), value});
}

void MetricsPage::histogram(const std::string& name, const std::string& help,
                            const HistogramCounts& counts, double unit) {
  family(name, help, Type::kHistogram).samples.push_back({{}, 0, counts, unit});
}

std::string MetricsPage::text() const {
  std::vector<prometheus::MetricFamily> out;
  for (const Family& one : families_) {
    prometheus::MetricFamily& to = out.emplace_back();
    to.name = one.name;
    to.help = one.help;
    to.type = type_of(one.type);
    for (const Sample& sample : one.samples) {
      prometheus::ClientMetric& metric = to.metric.emplace_back();
      for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
      metric.gauge.value = metric.counter.value = sample.value;
      if (one.type == Type::kHistogram) metric.histogram = histogram_of(sample.counts, sample.unit);
    }
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, out);
  return std::move(text).str();
}

double age_s(TimeMs now, TimeMs at) {
  return static_cast<double>(std::max<std::int64_t>(0, now - at)) / 1000.0;
}

}  // namespace opora::app
