static real squared(real x)
{
    return x * x;
}

static real whole_power(real x, unsigned int exponent)
{
    real power = (real)1;
    for (unsigned int n = 0U; n < exponent; ++n) {
        power *= x;
    }
    return power;
}

static real larger(real a, real b)
{
    return (a > b) ? a : b;
}

static real smaller(real a, real b)
{
    return (a > b) ? b : a;
}

/* A power, and 0 where that is infinite because the base is 0. */
static real power_or_zero(real base, real exponent)
{
    real power;
    if (base == (real)0) {
        power = (exponent == (real)0) ? (real)1 : (real)0;
    } else {
        power = real_pow(base, exponent);
    }
    return power;
}

static pair scaled_of(real z)
{
    const pair made = {z, (real)0};
    return made;
}

/* The number itself; infinite where it is too large. */
static real scaled_plain(pair a)
{
    real z = (real)0;
    if (a.mantissa != (real)0) {
        const real root = real_exp(a.shift / (real)2);
        z = a.mantissa * root * root;
    }
    return z;
}

static real scaled_log(pair a)
{
    return real_log(a.mantissa) + a.shift;
}

/* A mantissa at the sum of two shifts: what that rounds off goes into the mantissa. */
static pair scaled_with_both(real mantissa, real one, real other)
{
    const real shift = one + other;
    const real added = shift - one;
    const real rest = (one - (shift - added)) + (other - added);
    pair made = {mantissa, shift};
    if ((rest > -(real)1) && (rest < (real)1)) {
        made.mantissa = mantissa * real_exp(rest);
    }
    return made;
}

static pair scaled_mul(pair a, pair b)
{
    return scaled_with_both(a.mantissa * b.mantissa, a.shift, b.shift);
}

static pair scaled_div(pair a, pair b)
{
    return scaled_with_both(a.mantissa / b.mantissa, a.shift, -b.shift);
}

static bool scaled_vanishes(pair a)
{
    return (a.mantissa == (real)0) || (a.shift == -(real)INFINITY);
}

/* The sum, at the larger of the shifts of what is not 0. */
static pair scaled_add(pair a, pair b)
{
    pair sum;
    if (scaled_vanishes(a)) {
        sum = b;
    } else if (scaled_vanishes(b)) {
        sum = a;
    } else if (a.shift >= b.shift) {
        sum.mantissa = a.mantissa + b.mantissa * real_exp(b.shift - a.shift);
        sum.shift = a.shift;
    } else {
        sum.mantissa = a.mantissa * real_exp(a.shift - b.shift) + b.mantissa;
        sum.shift = b.shift;
    }
    return sum;
}

static pair scaled_pow(pair a, real exponent)
{
    const pair power = {real_pow(a.mantissa, exponent), a.shift * exponent};
    return power;
}

static pair scaled_pow_or_zero(pair a, real exponent)
{
    const pair power = {power_or_zero(a.mantissa, exponent), a.shift * exponent};
    return power;
}

static bool scaled_greater(pair a, pair b)
{
    const pair less = {-b.mantissa, b.shift};
    return scaled_add(a, less).mantissa > (real)0;
}

static pair scaled_exp(real z)
{
    const pair made = {(real)1, z};
    return made;
}

static pair scaled_logistic(real z)
{
    const pair one = scaled_of((real)1);
    return scaled_div(one, scaled_add(one, scaled_exp(-z)));
}

/* log(1 + exp(z)), which is exp(z) far below 0. */
static pair scaled_softplus(real z)
{
    pair made;
    if (z < -(real)36) {
        made = scaled_exp(z);
    } else if (z > (real)0) {
        made = scaled_of(z + real_log1p(real_exp(-z)));
    } else {
        made = scaled_of(real_log1p(real_exp(z)));
    }
    return made;
}

static pair scaled_expm1(real z)
{
    pair made;
    if (z > (real)0) {
        made.mantissa = -real_expm1(-z);
        made.shift = z;
    } else {
        made = scaled_of(real_expm1(z));
    }
    return made;
}

/* exp(z) - 1 of a pair z: z itself where that is near 0. */
static pair scaled_expm1_of(pair a)
{
    const real z = scaled_plain(a);
    return ((z > -(real)1e-16) && (z < (real)1e-16)) ? a : scaled_expm1(z);
}

/* exp(x * x) erfc(x) of x >= 0: the midpoint rule and what a pole adds to it
   (Hunter and Regan, Math. Comp. 26, 1972). */
static real erfcx(real x)
{
    const real pi = (real)3.141592653589793;
    real sum = (real)0;
    for (unsigned int n = 1U; n < 27U; n += 2U) {
        const real square = (real)(n * n) / (real)16;
        sum += real_exp(-square) / (x * x + square);
    }
    sum *= x / pi;
    if (x < (real)6) {
        sum += (real)2 * real_exp(x * (x - (real)4 * pi))
            / ((real)1 + real_exp(-(real)4 * pi * x));
    }
    return sum;
}

static pair scaled_erfc(real z)
{
    pair tail = {(real)0, -z * z};
    tail.mantissa = erfcx((z < (real)0) ? -z : z);
    return (z < (real)0) ? scaled_of((real)2 - scaled_plain(tail)) : tail;
}

static pair scaled_erf_prime(real z)
{
    const pair made = {(real)1.1283791670955126, -z * z};
    return made;
}

static pair scaled_erfc_prime(real z)
{
    const pair made = {-(real)1.1283791670955126, -z * z};
    return made;
}
