#include "node/speak_greetings.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include <spawn.h>

#include "node/telephony/ari/greetings.h"
#include "node/telephony/ari/settings_file.h"
#include "protocol/base/bytes.h"
#include "protocol/base/hash.h"
#include "web/app/data_folder.h"

namespace opora::node {

namespace fs = std::filesystem;
namespace ari = telephony::ari;

namespace {

// The longest text takes espeak-ng a second on a slow machine.
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kLook{10};
// Ten minutes of a telephone's sound.
constexpr std::size_t kMaxSoundBytes = 10'000'000;
constexpr fs::perms kForAll =
    fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read;

Result<std::string> read_file(const fs::path& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return invalid("", path.string() + ": cannot be read");
  std::string text(most + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Result<std::vector<ari::Greeting>> greetings(const GreetingSettings& settings) {
  if (settings.ari.empty()) return invalid("ari", "required: its sounds.texts are spoken");
  auto json = read_file(settings.ari, ari::kMaxSettingsBytes);
  if (!json.ok()) return invalid("ari", json.error().message);
  auto found = ari::read_greetings(*json);
  if (!found.ok())
    return invalid("ari", settings.ari + ": " + found.error().path + ": " + found.error().message);
  std::error_code unknown;
  if (!fs::is_directory(settings.folder, unknown))
    return invalid("speak-greetings", settings.folder + ": no such folder");
  return found;
}

// Until it ends, or its time is over. No shell reads the words; Ctrl-C ends the child too.
Status run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  if (const int why = posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ);
      why != 0) {
    return Error{Code::kUnavailable, "",
                 words[0] + " (Debian's package of this name): " + std::strerror(why)};
  }
  const auto end = std::chrono::steady_clock::now() + kPatience;
  int status = -1;
  for (pid_t gone = 0; gone != child; gone = waitpid(child, &status, WNOHANG)) {
    if (gone < 0 && errno != EINTR) break;
    if (std::chrono::steady_clock::now() > end) kill(child, SIGKILL);
    std::this_thread::sleep_for(kLook);
  }
  if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return ok_status();
  return Error{Code::kUnavailable, "", words[0] + " did not succeed"};
}

// Where sounds are made: nobody else's names are followed there.
class Workshop {
 public:
  static Result<Workshop> open() {
    const std::string name = "opora-greetings-" + std::string(6, 'X');  // mkdtemp replaces these
    std::string path = (fs::temp_directory_path() / name).string();
    if (mkdtemp(path.data()) == nullptr)
      return Error{Code::kUnavailable, "", path + ": " + std::strerror(errno)};
    return Workshop(path);
  }
  Workshop(Workshop&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Workshop& operator=(Workshop&&) = delete;
  ~Workshop() {
    std::error_code unused;
    if (!path_.empty()) fs::remove_all(path_, unused);
  }

  // 8 kHz, 16 bits, mono.
  Result<std::string> speak(const std::string& text, const std::string& voice) const {
    const fs::path words = path_ / "text";
    const fs::path spoken = path_ / "spoken.wav";
    const fs::path made = path_ / "made.wav";
    OPORA_TRY(app::write_file_atomically(words, text));
    OPORA_TRY(run({"espeak-ng", "-v", voice, "-b", "1", "-f", words, "-w", spoken}));
    OPORA_TRY(run({"sox", "-t", "wav", spoken, "-t", "wav", "-r", "8000", "-c", "1", "-b", "16",
                   "-e", "signed-integer", made, "norm", "-3"}));
    return read_file(made, kMaxSoundBytes);
  }

 private:
  explicit Workshop(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// A text's sound, and the note that makes it ours.
struct Places {
  explicit Places(const fs::path& base)
      : sound(base.string() + ".wav"), note(base.string() + ".txt") {}
  fs::path sound;
  fs::path note;
};

constexpr const char* kUnderWay = "being spoken\n";

std::string digest_of(std::string_view sound) { return hash256({sound}).hex(); }

// Another voice, another text, another sound: each is another note.
std::string note_of(const ari::Greeting& one, const std::string& voice, std::string_view sound) {
  return voice + "\n" + digest_of(sound) + "\n" + one.text + "\n";
}

enum class Found : std::uint8_t { kNothing, kTheText, kOurs, kSomebodys };

// Whose words the PBX would play there. A note that was begun is one of ours that was cut off.
Found look(const Places& at, const ari::Greeting& one, const std::string& voice) {
  const auto note = read_file(at.note, 5 * ari::kMaxGreetingChars);
  const bool begun = note.ok() && *note == kUnderWay;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(at.sound.parent_path(), none)) {
    const fs::path& path = each.path();
    const bool same = path.stem() == at.sound.stem() && path != at.note;
    if (same && (path != at.sound || !note.ok())) return Found::kSomebodys;
  }
  const auto sound = read_file(at.sound, kMaxSoundBytes);
  if (!sound.ok()) return Found::kNothing;
  if (begun) return Found::kOurs;
  if (*note == note_of(one, voice, *sound)) return Found::kTheText;
  const bool ours = note->find("\n" + digest_of(*sound) + "\n") != std::string::npos;
  return ours ? Found::kOurs : Found::kSomebodys;
}

Status put(const Places& at, const ari::Greeting& one, const std::string& voice,
           const Workshop& workshop) {
  std::error_code failed;
  fs::create_directories(at.sound.parent_path(), failed);
  if (failed) return Error{Code::kUnavailable, "", failed.message()};
  auto sound = workshop.speak(one.text, voice);
  if (!sound.ok()) return sound.error();
  OPORA_TRY(app::write_file_atomically(at.note, kUnderWay));
  OPORA_TRY(app::write_file_atomically(at.sound, *sound));
  // The PBX reads it as another user.
  fs::permissions(at.sound, kForAll, failed);
  if (failed) return Error{Code::kUnavailable, "", failed.message()};
  return app::write_file_atomically(at.note, note_of(one, voice, *sound));
}

// Whether the text can be heard now, or somebody's own words.
bool bring(const ari::Greeting& one, const GreetingSettings& settings, const Workshop& workshop) {
  const Places at(fs::path(settings.folder) / one.path);
  const auto say = [&](const char* what, const std::string& why = "") {
    std::cout << what << "  " << at.sound.string() << (why.empty() ? "" : ": ") << why << std::endl;
  };
  const Found found = look(at, one, settings.voice);
  if (found == Found::kTheText) return say("as it was"), true;
  if (found == Found::kSomebodys)
    return say("kept", "not spoken by Opora; move it away to have the text spoken"), true;
  const Status done = put(at, one, settings.voice, workshop);
  if (!done.ok()) return say("FAIL", done.error().message), false;
  return say("spoken"), true;
}

// By hand, at a terminal: what ends other programs ends this one.
void take_stop_signals() {
  sigset_t all;
  sigemptyset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

int speak_greetings(const GreetingSettings& settings) {
  const auto texts = greetings(settings);
  if (!texts.ok()) {
    std::cerr << "--" << texts.error().path << ": " << texts.error().message << "\n";
    return 2;
  }
  take_stop_signals();
  const auto workshop = Workshop::open();
  if (!workshop.ok()) {
    std::cerr << "--speak-greetings: " << workshop.error().message << "\n";
    return 2;
  }
  bool all = true;
  for (const ari::Greeting& one : *texts) all = bring(one, settings, *workshop) && all;
  return all ? 0 : 1;
}

}  // namespace opora::node
