# The values that tests/stats compares with, computed in R without any of our code.
#
#   Rscript tests/stats/reference/reference.R
#
# reads cases.csv beside it (one row an argument of a case, values separated by spaces) and writes values.csv (one row a
# figure). Where base R, survival or boot has the statistic, that is used; else the published formula, or the equation
# that defines the limits, solved to full precision. The header of values.csv names the versions.

suppressPackageStartupMessages({
  library(survival)
  library(boot)
})
options(warn = -1, digits = 17)
arguments <- commandArgs(trailingOnly = FALSE)
here <- dirname(sub("^--file=", "", grep("^--file=", arguments, value = TRUE)))

root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-15, maxiter = 10000)$root
z_of <- function(a) qnorm(0.5 + a$confidence / 2)
limits <- function(pair) c(lower = pair[1], upper = pair[2])
by_point <- function(name, values) setNames(values, paste0(name, "_", seq_along(values) - 1))

byar_limits <- function(x, z) {
  c(x * (1 - 1 / (9 * x) - z / (3 * sqrt(x)))^3, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * sqrt(x + 1)))^3)
}
poisson_limits <- function(x, confidence, method) {
  z <- qnorm(0.5 + confidence / 2)
  if (method == "byar" || (method == "fingertips" && x >= 10)) byar_limits(x, z) else poisson.test(x, conf.level = confidence)$conf.int[1:2]
}
wilson_limits <- function(k, n, confidence) {
  # The proportions whose score statistic is just z, found as the roots of their quadratic.
  z <- qnorm(0.5 + confidence / 2)
  sort(Re(polyroot(c(k^2 / n, -(2 * k + z^2), n + z^2))))
}

statistics <- list(
  wilson = function(a) limits(prop.test(a$numerator, a$denominator, conf.level = a$confidence, correct = FALSE)$conf.int),
  exact_poisson = function(a) limits(poisson.test(a$count, conf.level = a$confidence)$conf.int),
  byar = function(a) limits(byar_limits(a$count, z_of(a))),
  fingertips_poisson = function(a) limits(poisson_limits(a$count, a$confidence, "fingertips")),
  mean_t = function(a) limits(t.test(a$values, conf.level = a$confidence)$conf.int),
  order_statistics = function(a) {
    x <- sort(a$values)
    tail <- (1 - a$confidence) / 2
    # The widest ranks whose outside tails hold no more than half of what is left each.
    below <- qbinom(tail, length(x), a$q)
    above <- qbinom(1 - tail, length(x), a$q) + 1
    limits(c(x[below], x[above]))
  },
  bootstrap_mean = function(a) {
    set.seed(1)
    average <- function(v, i) mean(v[i])
    influence <- empinf(data = a$values, statistic = average, type = "jack", stype = "i")
    limits(boot.ci(boot(a$values, average, 100000), conf = a$confidence, type = "bca", L = influence)$bca[4:5])
  },
  bootstrap_quantile = function(a) {
    set.seed(1)
    limits(boot.ci(boot(a$values, function(v, i) quantile(v[i], a$q, type = 7), 20000), conf = a$confidence, type = "bca")$bca[4:5])
  },
  directly_standardised_rate = function(a) {
    rate <- a$counts / a$populations
    value <- sum(a$standard * rate) / sum(a$standard)
    variance <- sum(a$standard^2 * a$counts / a$populations^2) / sum(a$standard)^2
    total <- sum(a$counts)
    a$per * c(value = value, limits(value + sqrt(variance / total) * (byar_limits(total, z_of(a)) - total)))
  },
  standardised_ratio = function(a) {
    c(value = a$observed / a$expected, limits(poisson_limits(a$observed, a$confidence, a$method) / a$expected))
  },
  difference_of_proportions = function(a) {
    p <- a$numerator / a$denominator
    q <- a$other_numerator / a$other_denominator
    first <- wilson_limits(a$numerator, a$denominator, a$confidence)
    other <- wilson_limits(a$other_numerator, a$other_denominator, a$confidence)
    c(
      value = p - q,
      lower = p - q - sqrt((p - first[1])^2 + (other[2] - q)^2),
      upper = p - q + sqrt((first[2] - p)^2 + (q - other[1])^2)
    )
  },
  relative_risk = function(a) {
    value <- (a$numerator / a$denominator) / (a$other_numerator / a$other_denominator)
    error <- sqrt(1 / a$numerator - 1 / a$denominator + 1 / a$other_numerator - 1 / a$other_denominator)
    c(value = value, limits(value * exp(c(-1, 1) * z_of(a) * error)))
  },
  relative_rate = function(a) {
    test <- poisson.test(c(a$count, a$other_count), c(a$population, a$other_population), conf.level = a$confidence)
    value <- if (a$other_count) (a$count / a$population) / (a$other_count / a$other_population) else NA
    c(value = value, limits(test$conf.int), p_value = test$p.value)
  },
  difference_of_rates = function(a) {
    z <- z_of(a)
    score <- function(x, t) c(x + z^2 / 2 - z * sqrt(x + z^2 / 4), x + z^2 / 2 + z * sqrt(x + z^2 / 4)) / t
    p <- a$count / a$population
    q <- a$other_count / a$other_population
    first <- score(a$count, a$population)
    other <- score(a$other_count, a$other_population)
    a$per * c(
      value = p - q,
      lower = p - q - sqrt((p - first[1])^2 + (other[2] - q)^2),
      upper = p - q + sqrt((first[2] - p)^2 + (q - other[1])^2)
    )
  },
  odds_ratio = function(a) {
    x <- a$numerator
    drawn <- a$numerator + a$other_numerator
    support <- max(0, drawn - a$other_denominator):min(a$denominator, drawn)
    chances <- function(log_ratio) {
      weight <- dhyper(support, a$denominator, a$other_denominator, drawn, log = TRUE) + support * log_ratio
      weight <- exp(weight - max(weight))
      weight / sum(weight)
    }
    tail <- (1 - a$confidence) / 2
    solve <- function(f) exp(root(f, -20, 20))
    none <- x == min(support)
    all <- x == max(support)
    table <- rbind(c(x, a$denominator - x), c(a$other_numerator, a$other_denominator - a$other_numerator))
    c(
      value = if (none) 0 else if (all) Inf else solve(function(l) sum(support * chances(l)) - x),
      lower = if (none) 0 else solve(function(l) sum(chances(l)[support >= x]) - tail),
      upper = if (all) Inf else solve(function(l) sum(chances(l)[support <= x]) - tail),
      p_value = fisher.test(table)$p.value
    )
  },
  difference_of_means = function(a) {
    test <- t.test(a$values, a$other_values, conf.level = a$confidence)
    c(value = mean(a$values) - mean(a$other_values), limits(test$conf.int), p_value = test$p.value)
  },
  trend_of_proportions = function(a) {
    test <- prop.trend.test(a$numerators, a$denominators, score = a$times)
    slope <- coef(lm(a$numerators / a$denominators ~ a$times, weights = a$denominators))[[2]]
    error <- abs(slope) / sqrt(test$statistic[[1]])
    c(
      change = slope, lower = slope - z_of(a) * error, upper = slope + z_of(a) * error,
      statistic = test$statistic[[1]], p_value = test$p.value
    )
  },
  trend_of_rates = function(a) {
    fit <- glm(a$counts ~ a$times + offset(log(a$populations)), family = poisson, control = list(epsilon = 1e-15, maxit = 100))
    dispersion <- sum(residuals(fit, "pearson")^2) / fit$df.residual
    row <- summary(fit, dispersion = max(1, dispersion))$coefficients[2, ]
    reach <- z_of(a) * row[[2]]
    c(
      change = exp(row[[1]]), lower = exp(row[[1]] - reach), upper = exp(row[[1]] + reach),
      statistic = (row[[1]] / row[[2]])^2, p_value = 2 * pnorm(-abs(row[[1]] / row[[2]])), dispersion = dispersion
    )
  },
  benjamini_hochberg = function(a) by_point("adjusted", p.adjust(a$p_values, "BH")),
  p_of_proportion = function(a) c(p_value = prop.test(a$numerator, a$denominator, p = a$benchmark, correct = FALSE)$p.value),
  p_of_count = function(a) {
    c(p_value = min(1, 2 * min(ppois(a$count, a$expected), ppois(a$count - 1, a$expected, lower.tail = FALSE))))
  },
  rank = function(a) by_point("rank", rank(if (a$better == "higher") -a$values else a$values, ties.method = "min", na.last = "keep")),
  quartile_band = function(a) {
    # 1 for A to 4 for D.
    band <- as.integer(cut(a$values, c(-Inf, quantile(a$values, c(0.25, 0.5, 0.75), na.rm = TRUE), Inf)))
    by_point("band", if (a$better == "higher") 5 - band else band)
  },
  funnel = function(a) {
    centre <- sum(a$numerators) / sum(a$denominators)
    variance <- if (a$of == "proportion") centre * (1 - centre) else centre
    z <- (a$numerators / a$denominators - centre) / sqrt(variance / a$denominators)
    border <- quantile(z, c(0.1, 0.9), type = 7)
    c(centre = centre, dispersion = mean(pmin(pmax(z, border[1]), border[2])^2))
  },
  funnel_limits = function(a) {
    z <- z_of(a)
    tail <- (1 - a$confidence) / 2
    sizes <- a$sizes / a$dispersion
    if (a$of == "proportion") {
      # The formula that Public Health England prints, on effective sizes.
      reach <- function(n, sign) {
        middle <- a$centre * (n / z^2 + 1)
        inner <- a$centre * (n * (a$centre * (n / z^2 + 2) - 1) + z^2 * (a$centre - 1))
        spread <- sqrt((8 * middle)^2 - 64 * (1 / z^2 + 1 / n) * inner) / 8
        (middle + sign * spread) / (1 / z^2 + 1 / n) / n
      }
      lower <- sapply(sizes, reach, -1)
      upper <- sapply(sizes, reach, 1)
      c(by_point("lower", pmin(1, pmax(0, lower))), by_point("upper", pmin(1, pmax(0, upper))))
    } else {
      # The counts whose own exact limit is the expected number.
      expected <- a$centre * sizes
      lower <- sapply(expected, function(e) {
        f <- function(x) qgamma(1 - tail, x + 1) - e
        if (f(0) >= 0) 0 else root(f, 0, e)
      })
      upper <- sapply(expected, function(e) root(function(x) qgamma(tail, x) - e, e * 1e-3 + 1e-6, 10 * e + 50))
      c(by_point("lower", lower / sizes), by_point("upper", upper / sizes))
    }
  },
  xmr = function(a) {
    y <- a$values
    n <- length(y)
    base <- if (is.null(a$fixed)) y else y[seq_len(a$fixed)]
    ranges <- abs(diff(base))
    average <- mean(ranges, na.rm = TRUE)
    if (a$screen == 1) average <- mean(ranges[ranges < 3.267 * average], na.rm = TRUE)
    centre <- mean(base, na.rm = TRUE)
    outside <- y > centre + 2.66 * average | y < centre - 2.66 * average
    close <- !outside & abs(y - centre) > 2.66 * 2 / 3 * average
    side <- sign(y - centre)
    step <- sign(diff(y))
    mark <- rep(0, n)
    whole <- function(x) all(!is.na(x))
    for (i in seq_len(n)) {
      shift <- trend <- pair <- FALSE
      for (first in max(1, i - 6):i) {
        if (first + 6 > n) next
        s <- side[first:(first + 6)]
        d <- step[first:(first + 5)]
        if (whole(s) && abs(sum(s)) == 7) shift <- TRUE
        if (whole(d) && abs(sum(d)) == 6) trend <- TRUE
      }
      for (first in max(1, i - 2):i) {
        if (first + 2 > n) next
        s <- side[first:(first + 2)]
        if (whole(s) && abs(sum(s)) == 3 && sum(close[first:(first + 2)]) >= 2 && close[i]) pair <- TRUE
      }
      mark[i] <- if (is.na(y[i])) 0 else if (outside[i]) 1 else if (trend) 2 else if (pair) 3 else if (shift) 4 else 0
    }
    c(
      mean = centre, lower = centre - 2.66 * average, upper = centre + 2.66 * average,
      near_lower = centre - 2.66 * 2 / 3 * average, near_upper = centre + 2.66 * 2 / 3 * average, by_point("rule", mark)
    )
  },
  log_rank = function(a) {
    found <- survdiff(Surv(a$durations, a$occurred) ~ a$groups)
    degrees <- length(found$n) - 1
    c(statistic = found$chisq, degrees = degrees, p_value = pchisq(found$chisq, degrees, lower.tail = FALSE))
  },
  kaplan_meier = function(a) {
    fit <- survfit(Surv(a$durations, a$occurred) ~ 1, conf.type = "log-log", conf.int = a$confidence)
    seen <- fit$n.event > 0
    c(by_point("share", fit$surv[seen]), by_point("lower", fit$lower[seen]), by_point("upper", fit$upper[seen]))
  },
  cumulative_incidence = function(a) {
    fit <- survfit(Surv(a$durations, factor(a$ends, 0:2)) ~ 1)
    by_point("share", fit$pstate[fit$n.event[, 2] > 0, 2])
  }
)

cases <- read.csv(file.path(here, "cases.csv"), colClasses = "character")
parsed <- function(text) {
  words <- strsplit(text, " ")[[1]]
  numbers <- suppressWarnings(as.numeric(words))
  if (all(words == "NA" | !is.na(numbers))) numbers else words
}
rows <- character()
for (statistic in unique(cases$statistic)) {
  own <- cases[cases$statistic == statistic, ]
  for (case in unique(own$case)) {
    lines <- own[own$case == case, ]
    found <- statistics[[statistic]](setNames(lapply(lines$values, parsed), lines$argument))
    rows <- c(rows, sprintf('%s,"%s",%s,%.17g', statistic, case, names(found), found))
  }
}
versions <- sprintf(
  "# %s; survival %s; boot %s", R.version.string, packageVersion("survival"), packageVersion("boot")
)
writeLines(c(versions, "statistic,case,figure,value", rows), file.path(here, "values.csv"))
