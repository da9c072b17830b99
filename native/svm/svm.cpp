// A flat C ABI over libsvm and liblinear: trains C-SVMs on dense samples, and hands back what they are made of.
//
// Rules that every function here keeps:
//   * `noexcept`; a failure becomes a status and a message that travels with the call.
//   * Only fixed-width integers, doubles and pointers cross the boundary.
//   * liblinear draws from the process's rand(), which is seeded before: the same problem gives the same bits.
//     For that, one training runs at a time.
#include <linear.h>
#include <svm.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#define AC_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

std::mutex gate;

void say_nothing(const char*) {}

char* copy_text(const std::string& text) noexcept {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

template <typename Body>
int32_t guarded(char** error, Body&& body) noexcept {
  try {
    std::lock_guard<std::mutex> held(gate);
    svm_set_print_string_function(say_nothing);
    set_print_string_function(say_nothing);
    std::srand(1);
    body();
    return 0;
  } catch (const std::exception& e) {
    *error = copy_text(e.what());
    return 1;
  } catch (...) {
    *error = copy_text("training failed");
    return 1;
  }
}

// Rows of a dense matrix as the lists of index and value that both libraries take; zeros are left out.
template <typename Node>
struct Rows {
  std::vector<Node> nodes;
  std::vector<Node*> first;

  // `numbered` puts the row's number before it, as libsvm wants of a kernel that was computed already.
  // `constant` adds a last feature that is always 1.
  Rows(const double* samples, int64_t n, int64_t d, bool numbered, bool constant) {
    const int64_t count = n * d - (numbered ? 0 : std::count(samples, samples + n * d, 0.0));
    nodes.reserve(count + 3 * n);
    std::vector<size_t> starts;
    for (int64_t i = 0; i < n; i++) {
      starts.push_back(nodes.size());
      if (numbered) nodes.push_back({0, static_cast<double>(i + 1)});
      for (int64_t j = 0; j < d; j++) {
        const double value = samples[i * d + j];
        if (numbered || value != 0) nodes.push_back({static_cast<int>(j + 1), value});
      }
      if (constant) nodes.push_back({static_cast<int>(d + 1), 1.0});
      nodes.push_back({-1, 0.0});
    }
    for (size_t start : starts) first.push_back(nodes.data() + start);
  }
};

struct Model {
  Rows<svm_node> rows;
  svm_model* trained;
  ~Model() { svm_free_and_destroy_model(&trained); }
};

}  // namespace

// Trains libsvm's C-SVM on [n, d] samples (kernel 0: linear, 2: Gaussian, 4: `samples` is the kernel matrix, d = n) with
// labels of `classes` weights each. Closed by as_free. `support`: the number of support vectors, `present`: of classes.
AC_EXPORT int32_t as_train(const double* samples, int64_t n, int64_t d, const int32_t* labels, int32_t kernel, double gamma, double c,
                           double tolerance, const double* weights, int32_t classes, int64_t* model, int32_t* support, int32_t* present,
                           char** error) noexcept {
  return guarded(error, [&] {
    Model made{Rows<svm_node>(samples, n, d, kernel == PRECOMPUTED, false), nullptr};
    std::vector<double> y(labels, labels + n), weight(weights, weights + classes);
    std::vector<int> numbers(classes);
    std::iota(numbers.begin(), numbers.end(), 0);
    svm_problem problem{static_cast<int>(n), y.data(), made.rows.first.data()};
    svm_parameter parameter{};
    parameter.svm_type = C_SVC;
    parameter.kernel_type = kernel;
    parameter.gamma = gamma;
    parameter.cache_size = 200;
    parameter.eps = tolerance;
    parameter.C = c;
    parameter.nr_weight = classes;
    parameter.weight_label = numbers.data();
    parameter.weight = weight.data();
    parameter.shrinking = 1;
    if (const char* fault = svm_check_parameter(&problem, &parameter)) throw std::runtime_error(fault);
    made.trained = svm_train(&problem, &parameter);
    if (made.trained == nullptr) throw std::runtime_error("libsvm gave no model");
    // The weights end with this call; nothing after it reads them, but the model keeps pointers to them.
    made.trained->param.nr_weight = 0;
    made.trained->param.weight_label = nullptr;
    made.trained->param.weight = nullptr;
    *support = made.trained->l;
    *present = made.trained->nr_class;
    auto* kept = new Model{std::move(made.rows), made.trained};
    made.trained = nullptr;
    *model = reinterpret_cast<int64_t>(kept);
  });
}

// What a model is made of: the classes in its order and how many support vectors each has, the support vectors' rows from
// 0, their coefficients [present - 1, support], and the pairs' constants [present (present - 1) / 2].
AC_EXPORT void as_read(int64_t model, int32_t* labels, int32_t* counts, int32_t* rows, double* coefficients, double* rho) noexcept {
  const svm_model& m = *reinterpret_cast<Model*>(model)->trained;
  std::copy_n(m.label, m.nr_class, labels);
  std::copy_n(m.nSV, m.nr_class, counts);
  std::transform(m.sv_indices, m.sv_indices + m.l, rows, [](int at) { return at - 1; });
  for (int i = 0; i < m.nr_class - 1; i++) std::copy_n(m.sv_coef[i], m.l, coefficients + static_cast<int64_t>(i) * m.l);
  std::copy_n(m.rho, m.nr_class * (m.nr_class - 1) / 2, rho);
}

AC_EXPORT void as_free(int64_t model) noexcept { delete reinterpret_cast<Model*>(model); }

// Trains liblinear's one-against-rest machines on [n, d] samples with a constant 1 as one more feature. Weights: [d + 1]
// for two classes (positive: the first of `order`), else [d + 1, present]; `order`: the classes that the columns are of.
AC_EXPORT int32_t as_train_linear(const double* samples, int64_t n, int64_t d, const int32_t* labels, int32_t solver, double c,
                                  double tolerance, const double* weights, int32_t classes, double* w, int32_t* order, char** error) noexcept {
  return guarded(error, [&] {
    Rows<feature_node> rows(samples, n, d, false, true);
    std::vector<double> y(labels, labels + n), weight(weights, weights + classes);
    std::vector<int> numbers(classes);
    std::iota(numbers.begin(), numbers.end(), 0);
    problem given{};
    given.l = static_cast<int>(n);
    given.n = static_cast<int>(d + 1);
    given.y = y.data();
    given.x = rows.first.data();
    given.bias = 1;
    parameter how{};
    how.solver_type = solver;
    how.eps = tolerance;
    how.C = c;
    how.nr_weight = classes;
    how.weight_label = numbers.data();
    how.weight = weight.data();
    how.p = 0.1;
    if (const char* fault = check_parameter(&given, &how)) throw std::runtime_error(fault);
    model* trained = train(&given, &how);
    if (trained == nullptr) throw std::runtime_error("liblinear gave no model");
    const int64_t columns = trained->nr_class == 2 ? 1 : trained->nr_class;
    std::copy_n(trained->w, (d + 1) * columns, w);
    std::copy_n(trained->label, trained->nr_class, order);
    free_and_destroy_model(&trained);
  });
}

AC_EXPORT void as_memory_free(void* memory) noexcept { std::free(memory); }
