#include "protocol/codec/catalogue_codec.h"

#include "protocol/codec/message.h"

namespace opora::protocol {
namespace {

using message::number;
using message::view;

template <class T>
unsigned count(const T& values) {
  return static_cast<unsigned>(values.size());
}

void put(const Hours& hours, schema::Hours::Builder out) {
  if (hours.empty()) return;
  auto spans = out.initSpans(count(hours));
  for (unsigned i = 0; i < spans.size(); ++i) {
    spans[i].setFrom(hours[i].from);
    spans[i].setTo(hours[i].to);
  }
}

Hours hours_of(schema::Hours::Reader in) {
  Hours out;
  for (const auto span : in.getSpans()) out.push_back({span.getFrom(), span.getTo()});
  return out;
}

void put(const Norm& norm, schema::Norm::Builder out) {
  out.setMinutes(norm.minutes);
  out.setUnit(number(norm.unit));
  out.setRunning(number(norm.running));
}

Norm norm_of(schema::Norm::Reader in) {
  return {in.getMinutes(), NormUnit{in.getUnit()}, Running{in.getRunning()}};
}

void put(const TemplateField& field, schema::TemplateChanged::Field::Builder out) {
  OPORA_SET_TEXT(out, Name, field.name);
  out.setFilling(number(field.filling));
  message::set_texts(field.choices, [&](unsigned size) { return out.initChoices(size); });
}

TemplateField field_of(schema::TemplateChanged::Field::Reader in) {
  TemplateField out{std::string(view(in.getName())), Filling{in.getFilling()}, {}};
  for (const auto choice : in.getChoices()) out.choices.emplace_back(view(choice));
  return out;
}

// Each day once and in its order, so that equal values have equal bytes.
template <class Days>
bool comes_next(const Days& days, LocalDay day) {
  return days.empty() || days.rbegin()->first < day;
}

}  // namespace

void put(const ProductionYearPublished& f, schema::ProductionYearPublished::Builder out) {
  out.setYear(f.year);
  out.setStatus(number(f.status));
  if (f.days.empty()) return;
  auto days = out.initDays(count(f.days));
  unsigned i = 0;
  for (const auto& [day, rule] : f.days) {
    auto row = days[i++];
    row.setDay(day.v);
    row.setKind(number(rule.kind));
    if (rule.instead_of) row.setInsteadOf(rule.instead_of->v);
  }
}

bool get(schema::ProductionYearPublished::Reader in, ProductionYearPublished& f) {
  f.year = in.getYear();
  f.status = YearStatus{in.getStatus()};
  for (const auto row : in.getDays()) {
    const LocalDay day{row.getDay()};
    if (!comes_next(f.days, day)) return false;
    ProductionDay rule{DayKind{row.getKind()}, std::nullopt};
    if (row.getInsteadOf() != 0) rule.instead_of = LocalDay{row.getInsteadOf()};
    f.days.emplace(day, rule);
  }
  return true;
}

void put(const CalendarChanged& f, schema::CalendarChanged::Builder out) {
  OPORA_SET_TEXT(out, Id, f.id);
  OPORA_SET_TEXT(out, NameRu, f.name_ru);
  OPORA_SET_TEXT(out, NameEn, f.name_en);
  OPORA_SET_TEXT(out, Zone, f.zone);
  auto week = out.initWeek(kWeekdays);
  for (unsigned i = 0; i < kWeekdays; ++i) put(f.hours.week[i], week[i]);
  out.setHolidays(number(f.hours.holidays));
  out.setDisabled(f.disabled);
  if (f.hours.own_days.empty()) return;
  auto days = out.initOwnDays(count(f.hours.own_days));
  unsigned i = 0;
  for (const auto& [day, hours] : f.hours.own_days) {
    auto row = days[i++];
    row.setDay(day.v);
    if (!hours.empty()) put(hours, row.initHours());
  }
}

bool get(schema::CalendarChanged::Reader in, CalendarChanged& f) {
  f.id = view(in.getId());
  f.name_ru = view(in.getNameRu());
  f.name_en = view(in.getNameEn());
  f.zone = view(in.getZone());
  const auto week = in.getWeek();
  if (week.size() != kWeekdays) return false;
  for (unsigned i = 0; i < kWeekdays; ++i) f.hours.week[i] = hours_of(week[i]);
  f.hours.holidays = Holidays{in.getHolidays()};
  f.disabled = in.getDisabled();
  for (const auto row : in.getOwnDays()) {
    const LocalDay day{row.getDay()};
    if (!comes_next(f.hours.own_days, day)) return false;
    f.hours.own_days.emplace(day, hours_of(row.getHours()));
  }
  return true;
}

void put(const QueueChanged& f, schema::QueueChanged::Builder out) {
  OPORA_SET_TEXT(out, Id, f.id);
  OPORA_SET_TEXT(out, NameRu, f.name_ru);
  OPORA_SET_TEXT(out, NameEn, f.name_en);
  out.setLine(f.line);
  OPORA_SET_TEXT(out, Calendar, f.calendar);
  auto norms = out.initNorms(kUrgencies);
  for (unsigned i = 0; i < kUrgencies; ++i) {
    put(f.norms[i].registration, norms[i].initRegistration());
    put(f.norms[i].completion, norms[i].initCompletion());
  }
  out.setDisabled(f.disabled);
  message::set_texts(f.topics, [&](unsigned size) { return out.initTopics(size); });
  if (!f.sites.empty()) {
    auto sites = out.initSites(count(f.sites));
    for (unsigned i = 0; i < sites.size(); ++i) sites.set(i, f.sites[i].v);
  }
  if (f.silence != kUsualSilence) put(f.silence, out.initSilence());
  if (f.region_after != kUsualRegionAfter) put(f.region_after, out.initRegionAfter());
  if (f.reactions.empty()) return;
  auto reactions = out.initReactions(count(f.reactions));
  for (unsigned i = 0; i < reactions.size(); ++i) {
    auto row = reactions[i];
    OPORA_SET_TEXT(row, Category, f.reactions[i].category);
    put(f.reactions[i].norm, row.initNorm());
  }
}

bool get(schema::QueueChanged::Reader in, QueueChanged& f) {
  f.id = view(in.getId());
  f.name_ru = view(in.getNameRu());
  f.name_en = view(in.getNameEn());
  f.line = in.getLine();
  f.calendar = view(in.getCalendar());
  const auto norms = in.getNorms();
  if (norms.size() != kUrgencies) return false;
  for (unsigned i = 0; i < kUrgencies; ++i) {
    f.norms[i] = {norm_of(norms[i].getRegistration()), norm_of(norms[i].getCompletion())};
  }
  for (const auto row : in.getReactions()) {
    f.reactions.push_back({std::string(view(row.getCategory())), norm_of(row.getNorm())});
  }
  f.disabled = in.getDisabled();
  for (const auto topic : in.getTopics()) f.topics.emplace_back(view(topic));
  for (const std::uint32_t site : in.getSites()) f.sites.emplace_back(site);
  if (in.hasSilence()) f.silence = norm_of(in.getSilence());
  if (in.hasRegionAfter()) f.region_after = norm_of(in.getRegionAfter());
  return true;
}

void put(const CompetenceChanged& f, schema::CompetenceChanged::Builder out) {
  OPORA_SET_TEXT(out, Id, f.id);
  OPORA_SET_TEXT(out, Name, f.name);
  OPORA_SET_TEXT(out, Text, f.text);
  out.setAnswered(f.answered);
  out.setDisabled(f.disabled);
}

bool get(schema::CompetenceChanged::Reader in, CompetenceChanged& f) {
  f.id = view(in.getId());
  f.name = view(in.getName());
  f.text = view(in.getText());
  f.answered = in.getAnswered();
  f.disabled = in.getDisabled();
  return true;
}

void put(const TemplateChanged& f, schema::TemplateChanged::Builder out) {
  OPORA_SET_TEXT(out, Id, f.id);
  OPORA_SET_TEXT(out, Name, f.name);
  out.setUse(number(f.use));
  OPORA_SET_TEXT(out, Text, f.text);
  if (!f.fields.empty()) {
    auto fields = out.initFields(count(f.fields));
    for (unsigned i = 0; i < fields.size(); ++i) put(f.fields[i], fields[i]);
  }
  out.setKind(number(f.kind));
  OPORA_SET_TEXT(out, Topic, f.topic);
  if (f.urgency) out.setUrgency(number(*f.urgency));
  out.setDisabled(f.disabled);
  message::set_texts(f.items, [&](unsigned size) { return out.initItems(size); });
}

bool get(schema::TemplateChanged::Reader in, TemplateChanged& f) {
  f.id = view(in.getId());
  f.name = view(in.getName());
  f.use = TemplateUse{in.getUse()};
  f.text = view(in.getText());
  for (const auto field : in.getFields()) f.fields.push_back(field_of(field));
  f.kind = ContactKind{in.getKind()};
  f.topic = view(in.getTopic());
  if (in.getUrgency() != 0) f.urgency = Urgency{in.getUrgency()};
  f.disabled = in.getDisabled();
  for (const auto item : in.getItems()) f.items.emplace_back(view(item));
  return true;
}

}  // namespace opora::protocol
