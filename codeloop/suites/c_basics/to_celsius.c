/* Tenths of degrees Celsius, halves away from 0. */
int to_celsius(double fahrenheit)
{
    double tenths = (fahrenheit - 32.0) * 50.0 / 9.0;

    return (int)(tenths < 0 ? tenths - 0.5 : tenths + 0.5);
}
