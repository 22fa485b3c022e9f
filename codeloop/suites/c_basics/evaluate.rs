struct Parser<'a> {
    rest: &'a [u8],
}

impl Parser<'_> {
    fn next_if(&mut self, wanted: impl Fn(u8) -> bool) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        wanted(first).then(|| {
            self.rest = rest;
            first
        })
    }

    fn factor(&mut self, depth: u32) -> Option<i64> {
        if depth < 20 {
            if self.next_if(|byte| byte == b'-').is_some() {
                return self.factor(depth + 1).map(i64::wrapping_neg);
            }
            if self.next_if(|byte| byte == b'(').is_some() {
                let value = self.expression(depth + 1)?;
                return self.next_if(|byte| byte == b')').map(|_| value);
            }
        }
        let digit = |parser: &mut Self| parser.next_if(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
        let mut value = digit(self)?;
        while let Some(next) = digit(self) {
            value = value.wrapping_mul(10).wrapping_add(next);
        }
        Some(value)
    }

    fn expression(&mut self, depth: u32) -> Option<i64> {
        let (mut sum, mut product) = (0i64, self.factor(depth)?);
        while let Some(sign) = self.next_if(|byte| matches!(byte, b'+' | b'-' | b'*')) {
            let next = self.factor(depth)?;
            if sign == b'*' {
                product = product.wrapping_mul(next);
            } else {
                sum = sum.wrapping_add(product);
                product = if sign == b'-' { next.wrapping_neg() } else { next };
            }
        }
        Some(sum.wrapping_add(product))
    }
}

pub fn evaluate(text: &[u8], result: &mut i64) -> i32 {
    let mut parser = Parser { rest: text };
    match parser.expression(0) {
        Some(value) if parser.rest.is_empty() => {
            *result = value;
            0
        }
        _ => -1,
    }
}
